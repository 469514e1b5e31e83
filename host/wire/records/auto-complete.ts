import { type Handle, offsetBy, type RegionOffset } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { StringCodec, StringPlace } from "../strings.js";
import type { WireWriter } from "../writer.js";
import { encodeLoadErrorLocked, readLoadError } from "./load-answer.js";

const REPORTED_SINCE = "24.05";

/** The result of completing a configuration. */
export interface CompletedConfig {
  /** Why the completion failed; undefined when it succeeded. */
  readonly error: string | undefined;
  /** JSON; undefined when there is none. */
  readonly config: string | undefined;
}

/** `AutoCompleteResponse`. The record of its request is a stand-alone string, the model configuration as JSON. */
export class AutoCompleteCodec {
  private readonly at;
  private readonly strings: StringCodec;
  /**
   * Whether the answer may report a failure. Up to 24.04 the server then waits for a child process that may never end
   * (docs/internals/protocol.md 1.4).
   */
  readonly reportsFailures: boolean;

  /** @param release `YY.MM` */
  constructor(layout: Layout, strings: StringCodec, release: string) {
    this.strings = strings;
    this.reportsFailures = release >= REPORTED_SINCE;
    this.at = offsetsOf(
      layout,
      "AutoCompleteResponseShm",
      "response_has_error",
      "response_is_error_set",
      "response_error",
      "response_has_model_config",
      "response_model_config",
    );
  }

  /**
   * Reads the request.
   * @param args handle of its record
   * @returns the configuration as JSON
   */
  readConfig(reader: WireReader, args: number): string {
    const { strings } = this;
    const object = reader.objectOf(args, strings.headBytes, "the model configuration");
    return strings.readObject(reader, object);
  }

  /** @param handle from a message */
  decode(reader: WireReader, handle: number): CompletedConfig {
    const object = reader.objectOf(handle, this.at.bytes, "an answer to a completion");
    const hasConfig = reader.flag(object, this.at.response_has_model_config);
    return {
      error: readLoadError(reader, this.strings, handle as Handle, this.at),
      config: hasConfig
        ? this.strings.read(reader, object, this.at.response_model_config)
        : undefined,
    };
  }

  /**
   * @param config the completed configuration as JSON
   * @returns the record's handle
   */
  encodeLocked(writer: WireWriter, config: string): Handle {
    const text = this.strings.writeLocked(writer, config);
    const handle = writer.constructZeroedLocked(this.at.bytes);
    const object = objectAt(handle);
    writer.flag(object, this.at.response_has_model_config, true);
    writer.handle(object, this.at.response_model_config, text);
    return handle;
  }

  /**
   * Makes an answer that fails the load. If the release cannot report failures, the answer has the unchanged configuration instead.
   * @param error why the completion failed
   * @param config the unchanged configuration as JSON
   * @returns the record's handle
   */
  encodeErrorLocked(writer: WireWriter, error: string, config: string): Handle {
    return this.reportsFailures
      ? encodeLoadErrorLocked(writer, this.strings, error, this.at)
      : this.encodeLocked(writer, config);
  }

  /**
   * Place of the error text.
   * @param args handle of a record with an error
   */
  errorText(reader: WireReader, args: Handle): StringPlace {
    return this.strings.placeOf(reader, objectAt(args), this.at.response_error);
  }

  /**
   * Offset of the handle of the configuration.
   * @param args handle of a record with a configuration
   */
  configAt(args: Handle): RegionOffset {
    return offsetBy(objectAt(args), this.at.response_model_config);
  }
}
