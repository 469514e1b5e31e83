import type { Endpoint } from "../../channel/endpoint.js";
import type { Handle, RegionOffset } from "../../numbers.js";
import type { StringPlace } from "../../wire/strings.js";
import type { Mapping } from "../shared/mapping.js";
import type { FailedBatch } from "./failed-batch.js";

/** Maximum length of a reason in bytes. */
const CAPACITY = 1_024;
const ROOM = " ".repeat(CAPACITY);

/**
 * Complete answers in the region, made once per instance; only their reason is filled in. The guard uses them when an executor has died,
 * since it has no codecs. An executor uses one when the region has no room for a new answer.
 */
export class PreparedAnswers {
  private readonly endpoint: Endpoint;
  private readonly failed: FailedBatch;
  private readonly mapping: Mapping;

  constructor(endpoint: Endpoint, failed: FailedBatch, mapping: Mapping) {
    this.endpoint = endpoint;
    this.failed = failed;
    this.mapping = mapping;
    if (mapping.get("failed_batch") !== 0) return;
    const { heap } = endpoint;
    heap.locked(() => {
      const scope = heap.scope();
      this.prepareCompletionLocked();
      this.prepareLoadLocked();
      this.prepareBatchLocked();
      // They stay allocated for the life of the instance.
      scope.keep();
    });
  }

  /**
   * Writes the reason into the answer to a batch.
   * @returns the handle of its message
   */
  failedBatch(reason: string): Handle {
    const { mapping } = this;
    const { writer } = this.endpoint;
    const bytes = new TextEncoder().encode(reason).subarray(0, CAPACITY);
    const write = (at: number, lengthAt: number, prefix: number) => {
      if (at === 0) return;
      writer.copy(at as RegionOffset, bytes);
      writer.u64(lengthAt as RegionOffset, 0, prefix + bytes.length);
    };
    write(mapping.get("failed_batch_text_at"), mapping.get("failed_batch_length_at"), 0);
    write(
      mapping.get("failed_batch_sentence_at"),
      mapping.get("failed_batch_sentence_length_at"),
      mapping.get("failed_batch_sentence_prefix"),
    );
    return mapping.get("failed_batch") as Handle;
  }

  /** From 24.10: resets the flag with which an earlier answer may have kept the server from the response factories. */
  leaveFactoriesToServer(): void {
    const { dialect, writer } = this.endpoint;
    dialect.responseBatch.setFactoriesGone(
      writer,
      this.mapping.get("failed_batch") as Handle,
      false,
    );
  }

  private prepareBatchLocked(): void {
    const { dialect, reader } = this.endpoint;
    const message = this.failed.encodeLocked(ROOM);
    const [sentence, text] = dialect.responseBatch.failureTexts(reader, message);
    const prefix = Buffer.byteLength(this.failed.sentencePrefix);
    this.note("failed_batch", message, text, sentence, prefix);
  }

  private prepareLoadLocked(): void {
    const { writer, dialect, reader } = this.endpoint;
    const args = dialect.initialize.encodeLocked(writer, ROOM);
    const text = dialect.initialize.errorText(reader, args);
    const message = dialect.message.encodeLocked(writer, dialect.commands.initializeResponse, args);
    this.note("failed_load", message, text);
  }

  private prepareCompletionLocked(): void {
    const { writer, dialect, reader } = this.endpoint;
    const { autoComplete } = dialect;
    const args = autoComplete.encodeErrorLocked(writer, ROOM, "");
    const message = dialect.message.encodeLocked(
      writer,
      dialect.commands.autoCompleteResponse,
      args,
    );
    if (autoComplete.reportsFailures) {
      this.note("failed_completion", message, autoComplete.errorText(reader, args));
    } else {
      this.mapping.set("failed_completion_config_at", autoComplete.configAt(args));
      this.note("failed_completion", message);
    }
  }

  private note(
    name: "failed_batch" | "failed_load" | "failed_completion",
    message: Handle,
    text?: StringPlace,
    sentence?: StringPlace,
    prefix = 0,
  ): void {
    const { mapping } = this;
    mapping.set(`${name}_text_at`, text?.charactersAt ?? 0);
    mapping.set(`${name}_length_at`, text?.lengthAt ?? 0);
    mapping.set(`${name}_capacity`, CAPACITY);
    mapping.set(`${name}_sentence_at`, sentence === undefined ? 0 : sentence.charactersAt + prefix);
    mapping.set(`${name}_sentence_length_at`, sentence?.lengthAt ?? 0);
    mapping.set(`${name}_sentence_prefix`, prefix);
    mapping.set(name, message);
  }
}
