import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import type { WireReader } from "./reader.js";
import type { StringCodec } from "./strings.js";

/** Where a record of an exchange holds the server's error: offsets in the record. */
export type ErrorFields = Readonly<Record<"has_error" | "is_error_set" | "error", number>>;

/** The server's reason why it has not done what the record at `handle` asks for; undefined when it has. */
export function readExchangeError(
  reader: WireReader,
  strings: StringCodec,
  handle: number,
  at: ErrorFields,
): string | undefined {
  const object = handle + OWNERSHIP_BYTES;
  if (reader.u8(object + at.has_error) === 0) return undefined;
  if (reader.u8(object + at.is_error_set) === 0) return "the server gave no reason";
  return strings.read(reader, object + at.error);
}
