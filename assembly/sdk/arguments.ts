import { argument } from "./triton_v1";
import { Utf8, utf8 } from "./utf8";

/**
 * An argument with which the server initialised the instance, in new memory. Use it in triton_initialize: the memory is never freed.
 * @param key for example model_config; docs/guest-abi.md lists the keys
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
