import type { Handle, ObjectOffset, RegionOffset } from "../numbers.js";

/** `AllocatedShmOwnership`: uint32 reference count and 12 bytes of padding stand before each object (all releases). */
export const OWNERSHIP_BYTES = 16;

const CONTROL_WORD_BYTES = 8;

/** The object of a block that is known to be one: our own, or one that `WireReader.objectOf` has checked. */
export function objectAt(handle: Handle): ObjectOffset {
  return (handle + OWNERSHIP_BYTES) as number as ObjectOffset;
}

/** The heap's own 64-bit word before a block: bit 63 says that it is allocated, bit 62 that the one before is; below, its size in units. */
export function controlWordAt(handle: Handle): RegionOffset {
  return (handle - CONTROL_WORD_BYTES) as number as RegionOffset;
}
