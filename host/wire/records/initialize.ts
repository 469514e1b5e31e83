import type { Handle } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { StringCodec, StringPlace } from "../strings.js";
import type { WireWriter } from "../writer.js";
import { encodeLoadErrorLocked, readLoadError } from "./load-answer.js";

/** `InitializeResponse`. The record of its request is a map (dictionary.ts) with the seven keys of {@link InstanceArguments}. */
export class InitializeCodec {
  private readonly at;
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

  /**
   * @param handle from a message
   * @returns why the load failed; undefined when it succeeded
   */
  decode(reader: WireReader, handle: number): string | undefined {
    reader.objectOf(handle, this.at.bytes, "an answer to an initialisation");
    return readLoadError(reader, this.strings, handle as Handle, this.at);
  }

  /**
   * @param error why the load failed; undefined when it succeeded
   * @returns the record's handle
   */
  encodeLocked(writer: WireWriter, error: string | undefined): Handle {
    return error === undefined
      ? writer.constructZeroedLocked(this.at.bytes)
      : encodeLoadErrorLocked(writer, this.strings, error, this.at);
  }

  /**
   * Place of the error text.
   * @param args handle of a record that {@link encodeLocked} has made with an error
   */
  errorText(reader: WireReader, args: Handle): StringPlace {
    return this.strings.placeOf(reader, objectAt(args), this.at.response_error);
  }
}

/** The arguments of an InitializeRequest (all releases). */
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

/** Reads the map of an InitializeRequest. A missing key becomes an empty text. */
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
