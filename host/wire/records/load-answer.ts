import type { Handle } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import type { Offsets } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";

/** Offsets of the error in the answers to AutoCompleteRequest and InitializeRequest. */
export type LoadErrorFields = Offsets<
  "response_has_error" | "response_is_error_set" | "response_error"
>;

/** The error of an answer; undefined when the step has succeeded. */
export function readLoadError(
  reader: WireReader,
  strings: StringCodec,
  handle: Handle,
  at: LoadErrorFields,
): string | undefined {
  const object = objectAt(handle);
  if (!reader.flag(object, at.response_has_error)) return undefined;
  const isSet = reader.flag(object, at.response_is_error_set);
  return isSet ? strings.read(reader, object, at.response_error) : "";
}

/**
 * Makes an answer with an error.
 * @returns the record's handle
 */
export function encodeLoadErrorLocked(
  writer: WireWriter,
  strings: StringCodec,
  error: string,
  at: LoadErrorFields,
): Handle {
  const text = strings.writeLocked(writer, error);
  const handle = writer.constructZeroedLocked(at.bytes);
  const object = objectAt(handle);
  writer.flag(object, at.response_has_error, true);
  writer.flag(object, at.response_is_error_set, true);
  writer.handle(object, at.response_error, text);
  return handle;
}
