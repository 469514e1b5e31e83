import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { StringCodec } from "./strings.js";

/** `AutoCompleteResponse`. Its request is the stand-alone string of the model configuration's JSON. */
export class AutoCompleteCodec {
  private readonly at: Readonly<
    Record<"response_has_model_config" | "response_model_config" | "bytes", number>
  >;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    this.at = offsetsOf(
      layout,
      "AutoCompleteResponseShm",
      "response_has_model_config",
      "response_model_config",
    );
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
}
