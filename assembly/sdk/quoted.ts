import { QUOTED_NAME_MAX } from "./triton_v1";

/** Shortens a name for an error to QUOTED_NAME_MAX bytes of UTF-8, without splitting a character. */
export function quoted(name: string): string {
  const bytes = String.UTF8.encode(name);
  if (bytes.byteLength <= QUOTED_NAME_MAX) return name;
  const start = changetype<usize>(bytes);
  let length = QUOTED_NAME_MAX;
  while (length > 0 && (load<u8>(start + length) & 0xc0) == 0x80) length--;
  return String.UTF8.decodeUnsafe(start, length);
}
