import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";

/** A new block whose object is all zeros, under the pool mutex. @returns its handle */
export function constructZeroedLocked(heap: Heap, objectBytes: number): number {
  const handle = heap.constructLocked(objectBytes);
  const object = handle + OWNERSHIP_BYTES;
  heap.region.bytes.fill(0, object, object + objectBytes);
  return handle;
}
