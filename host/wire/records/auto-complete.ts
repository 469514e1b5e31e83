import { type Handle, offsetBy, type RegionOffset } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { StringCodec, StringPlace } from "../strings.js";
import type { WireWriter } from "../writer.js";
import { encodeLoadErrorLocked, readLoadError } from "./load-answer.js";

const REPORTED_SINCE = "24.05";

/** What a model has made of its configuration. */
export interface CompletedConfig {
  /** The sentence why it cannot be completed; undefined when it can. */
  readonly error: string | undefined;
  /** JSON; undefined when there is none. */
  readonly config: string | undefined;
}

/** `AutoCompleteResponse`. Its request is the stand-alone string of the model configuration's JSON. */
export class AutoCompleteCodec {
  private readonly at;
  private readonly strings: StringCodec;
  /** Up to 24.04 a server that is told of a failure waits for a child process that may never end (docs/internals/protocol.md 1.4). */
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

  /** The request's text. @param args its handle @returns the configuration as JSON */
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

  /** @param config the completed configuration as JSON @returns the args' handle */
  encodeLocked(writer: WireWriter, config: string): Handle {
    const text = this.strings.writeLocked(writer, config);
    const handle = writer.constructZeroedLocked(this.at.bytes);
    const object = objectAt(handle);
    writer.flag(object, this.at.response_has_model_config, true);
    writer.handle(object, this.at.response_model_config, text);
    return handle;
  }

  /**
   * An answer that fails the load; where the server cannot be told, one that changes nothing.
   * @param error the sentence why it cannot be completed
   * @param config as it came
   * @returns the args' handle
   */
  encodeErrorLocked(writer: WireWriter, error: string, config: string): Handle {
    return this.reportsFailures
      ? encodeLoadErrorLocked(writer, this.strings, error, this.at)
      : this.encodeLocked(writer, config);
  }

  /** Where the sentence of an error is. @param args handle of a record that reports one */
  errorText(reader: WireReader, args: Handle): StringPlace {
    return this.strings.placeOf(reader, objectAt(args), this.at.response_error);
  }

  /** Where the handle of the configuration goes. @param args handle of a record that has one */
  configAt(args: Handle): RegionOffset {
    return offsetBy(objectAt(args), this.at.response_model_config);
  }
}
