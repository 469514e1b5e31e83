import { argument } from "./triton_v1";
import { Utf8, utf8 } from "./utf8";

/**
 * Reads an argument that the server passed when it initialised the instance. Call it in triton_initialize only: its memory is never freed.
 * @param key such as model_config; docs/guest-abi.md lists them
 * @returns null for an unknown key
 */
export function readArgument(key: string): Utf8 | null {
  const name = utf8(key);
  const length = argument(name.start, name.length, 0, 0);
  if (length < 0) return null;
  const start = heap.alloc(length);
  argument(name.start, name.length, start, length);
  return new Utf8(start, length);
}
