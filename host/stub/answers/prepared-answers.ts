import type { Handle, RegionOffset } from "../../numbers.js";
import type { Heap } from "../../shm/heap.js";
import type { Dialect } from "../../wire/dialect.js";
import type { WireReader } from "../../wire/reader.js";
import type { StringPlace } from "../../wire/strings.js";
import type { WireWriter } from "../../wire/writer.js";
import type { Mapping } from "../shared/mapping.js";

/** Bytes that a reason may have in them. */
const CAPACITY = 1_024;
const ROOM = " ".repeat(CAPACITY);

/** What makes the answers: the connection, whose file imports this one. */
export interface AnswerMaker {
  readonly heap: Heap;
  readonly reader: WireReader;
  readonly writer: WireWriter;
  readonly dialect: Dialect;
  /** What a failed batch's sentence begins with. */
  readonly sentencePrefix: string;
  encodeFailedBatchLocked(reason: string): Handle;
}

/**
 * Answers that lie ready in the region, once per instance: for the guard, which has no codecs, when an executor has died, and for an
 * executor that finds no room for another.
 */
export class PreparedAnswers {
  private readonly maker: AnswerMaker;
  private readonly mapping: Mapping;

  constructor(maker: AnswerMaker, mapping: Mapping) {
    this.maker = maker;
    this.mapping = mapping;
    if (mapping.get("failed_batch") !== 0) return;
    const { heap } = maker;
    heap.locked(() => {
      const kept = heap.ledger.count;
      this.prepareCompletionLocked();
      this.prepareLoadLocked();
      this.prepareBatchLocked();
      // They stay allocated for the life of the instance.
      heap.ledger.forgetNewer(kept);
    });
  }

  /** Writes this reason into the answer to a batch. @returns the handle of its message */
  failedBatch(reason: string): Handle {
    const { mapping, maker } = this;
    const bytes = new TextEncoder().encode(reason).subarray(0, CAPACITY);
    const { writer } = maker;
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

  /** From 24.10: the answer to a batch leaves the response factories to the server, also after one that did not. */
  keepFactories(): void {
    const { dialect, writer } = this.maker;
    dialect.responseBatch.setFactoriesGone(
      writer,
      this.mapping.get("failed_batch") as Handle,
      false,
    );
  }

  private prepareBatchLocked(): void {
    const { maker } = this;
    const { dialect, reader } = maker;
    const message = maker.encodeFailedBatchLocked(ROOM);
    const [sentence, text] = dialect.responseBatch.failureTexts(reader, message);
    const prefix = Buffer.byteLength(maker.sentencePrefix);
    this.note("failed_batch", message, text, sentence, prefix);
  }

  private prepareLoadLocked(): void {
    const { writer, dialect, reader } = this.maker;
    const args = dialect.initialize.encodeLocked(writer, ROOM);
    const text = dialect.initialize.errorText(reader, args);
    const message = dialect.message.encodeLocked(writer, dialect.commands.initializeResponse, args);
    this.note("failed_load", message, text);
  }

  private prepareCompletionLocked(): void {
    const { writer, dialect, reader } = this.maker;
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
