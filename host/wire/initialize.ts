import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { StringCodec, StringPlace } from "./strings.js";

/** `InitializeResponse`. Its request is a map (dictionary.ts) of the seven keys of {@link InstanceArguments}. */
export class InitializeCodec {
  private readonly at: Readonly<
    Record<"response_has_error" | "response_is_error_set" | "response_error" | "bytes", number>
  >;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    this.at = offsetsOf(
      layout,
      "InitializeResponseShm",
      "response_has_error",
      "response_is_error_set",
      "response_error",
    );
  }

  /** @param error the sentence why the instance cannot be used; undefined when it can @returns the args' handle */
  encodeLocked(heap: Heap, error: string | undefined): number {
    const text = error === undefined ? 0 : this.strings.writeLocked(heap, error);
    const handle = heap.constructLocked(this.at.bytes);
    const object = handle + OWNERSHIP_BYTES;
    const { view, bytes } = heap.region;
    bytes.fill(0, object, object + this.at.bytes);
    if (error !== undefined) {
      view.setUint8(object + this.at.response_has_error, 1);
      view.setUint8(object + this.at.response_is_error_set, 1);
      view.setUint32(object + this.at.response_error, text, true);
    }
    return handle;
  }

  /** Where the sentence of an error is. @param args handle of a record of {@link encodeLocked} with an error */
  errorText(reader: WireReader, args: number): StringPlace {
    return this.strings.placeOf(reader, args + OWNERSHIP_BYTES + this.at.response_error);
  }
}

/** What the server says of an instance when it initialises it (all releases). */
export interface InstanceArguments {
  /** The complete model configuration as JSON. */
  readonly modelConfig: string;
  /** `CPU`, `GPU`, `MODEL` or `AUTO`. */
  readonly kind: string;
  readonly instanceName: string;
  readonly deviceId: string;
  /** The model's own directory. */
  readonly modelDirectory: string;
  readonly version: string;
  readonly modelName: string;
}

/** Reads the initialise request's map. A key that is missing is an empty text. */
export function instanceArguments(map: ReadonlyMap<string, string>): InstanceArguments {
  return {
    modelConfig: map.get("model_config") ?? "",
    kind: map.get("model_instance_kind") ?? "",
    instanceName: map.get("model_instance_name") ?? "",
    deviceId: map.get("model_instance_device_id") ?? "",
    modelDirectory: map.get("model_repository") ?? "",
    version: map.get("model_version") ?? "",
    modelName: map.get("model_name") ?? "",
  };
}
