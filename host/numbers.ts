/**
 * Types for numbers that must not be mixed up. They cost nothing at run time. Only the code that makes or checks such a number converts a
 * plain number to its type: `Heap`, `Region`, `WireReader`, `GuestMemory`, and the functions of this file and of shm/ownership.ts.
 *
 * Lengths and counts are plain numbers. Most functions that take an offset and a length have a type of this file for the offset, so the
 * compiler rejects a call that exchanges the two. `Core` and `WireReader.requireRange` take plain numbers: they check or are given sums.
 *
 * ```
 *        handle                object = handle + 16
 *          v                     v
 *          | reference count ... | fields of a struct ... |      offsets in the region: 0 is its first byte
 *
 *  address in this process = base of the region + offset
 * ```
 */
declare const kind: unique symbol;
type Of<Kind extends string> = number & {
  readonly [kind]: { readonly [name in Kind]: true };
};

/** Bytes from the start of the region. */
export type RegionOffset = Of<"offset">;

/** Offset in the region at which an object, or a struct within one, begins. */
export type ObjectOffset = RegionOffset & Of<"object">;

/** The number of a block in records and queues: the offset of its ownership header. */
export type Handle = Of<"handle">;

/** Stands for "no block" in records and queues. */
export const NO_HANDLE = 0 as Handle;

/** An address in this process, which functions of the C library accept. */
export type Address = Of<"address">;

/**
 * The address of an offset in the region.
 * @param base address of the region
 */
export function addressOf(base: Address, at: RegionOffset): Address {
  return (base + at) as Address;
}

/** Address of a range in a guest's memory, checked against its current size. It is arbitrary for an empty range. */
export type GuestPointer = Of<"guest pointer">;

/** The offset `bytes` behind `at`. */
export function offsetBy(at: RegionOffset, bytes: number): RegionOffset {
  return (at + bytes) as RegionOffset;
}

/** A struct that begins `bytes` behind `at`, in the same block. */
export function objectWithin(at: RegionOffset, bytes: number): ObjectOffset {
  return (at + bytes) as ObjectOffset;
}
