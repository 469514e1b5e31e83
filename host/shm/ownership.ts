import type { Handle, ObjectOffset, RegionOffset } from "../numbers.js";

/** Size of `AllocatedShmOwnership`, the header before each object: a uint32 reference count and 12 bytes of padding (all releases). */
export const OWNERSHIP_BYTES = 16;

const CONTROL_WORD_BYTES = 8;

/** The object of a block. The handle must be valid: of a block that this process has made, or checked by `WireReader.objectOf`. */
export function objectAt(handle: Handle): ObjectOffset {
  return (handle + OWNERSHIP_BYTES) as number as ObjectOffset;
}

/** The handle of the block whose object is at `object`. */
export function handleOf(object: ObjectOffset): Handle {
  return (object - OWNERSHIP_BYTES) as number as Handle;
}

/** The heap's 64-bit word before a block. Bit 63: the block is allocated. Bit 62: the block before it is. Other bits: its size in units. */
export function controlWordAt(handle: Handle): RegionOffset {
  return (handle - CONTROL_WORD_BYTES) as number as RegionOffset;
}
