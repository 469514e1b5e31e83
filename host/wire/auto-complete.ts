import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { StringCodec, StringPlace } from "./strings.js";

const REPORTED_SINCE = "24.05";

/** `AutoCompleteResponse`. Its request is the stand-alone string of the model configuration's JSON. */
export class AutoCompleteCodec {
  private readonly at: Readonly<
    Record<
      | "response_has_error"
      | "response_is_error_set"
      | "response_error"
      | "response_has_model_config"
      | "response_model_config"
      | "bytes",
      number
    >
  >;
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
    const length = strings.lengthAt(reader, object);
    return reader.text(strings.charactersAt(reader, object, length), length);
  }

  /** @param config the completed configuration as JSON @returns the args' handle */
  encodeLocked(heap: Heap, config: string): number {
    const text = this.strings.writeLocked(heap, config);
    const handle = heap.constructLocked(this.at.bytes);
    const object = handle + OWNERSHIP_BYTES;
    heap.region.bytes.fill(0, object, object + this.at.bytes);
    heap.region.view.setUint8(object + this.at.response_has_model_config, 1);
    heap.region.view.setUint32(object + this.at.response_model_config, text, true);
    return handle;
  }

  /**
   * An answer that fails the load; where the server cannot be told, one that changes nothing.
   * @param error the sentence why it cannot be completed
   * @param config as it came
   * @returns the args' handle
   */
  encodeErrorLocked(heap: Heap, error: string, config: string): number {
    if (!this.reportsFailures) return this.encodeLocked(heap, config);
    const text = this.strings.writeLocked(heap, error);
    const handle = heap.constructLocked(this.at.bytes);
    const object = handle + OWNERSHIP_BYTES;
    const { view, bytes } = heap.region;
    bytes.fill(0, object, object + this.at.bytes);
    view.setUint8(object + this.at.response_has_error, 1);
    view.setUint8(object + this.at.response_is_error_set, 1);
    view.setUint32(object + this.at.response_error, text, true);
    return handle;
  }

  /** Where the sentence of an error is. @param args handle of a record that reports one */
  errorText(reader: WireReader, args: number): StringPlace {
    return this.strings.placeOf(reader, args + OWNERSHIP_BYTES + this.at.response_error);
  }

  /** Where the handle of the configuration goes. @param args handle of a record that has one */
  configAt(args: number): number {
    return args + OWNERSHIP_BYTES + this.at.response_model_config;
  }
}
