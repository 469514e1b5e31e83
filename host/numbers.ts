/**
 * Numbers that must not be mistaken for each other, as types that cost nothing at run time. Only the code that makes or checks one turns a
 * plain number into it: `Heap`, `Region`, `WireReader`, `GuestMemory`, and the functions of this file and of shm/ownership.ts.
 *
 * ```
 *        handle                object = handle + 16
 *          v                     v
 *          | reference count ... | fields of a struct ... |      in the region: 0 is its first byte
 *  address of the handle in this process = base of the region + handle
 * ```
 */
declare const kind: unique symbol;
type Of<Kind extends string> = number & {
  readonly [kind]: { readonly [name in Kind]: true };
};

/** Bytes from the start of the region. */
export type RegionOffset = Of<"offset">;

/** Where an object, or a struct within one, begins in the region. */
export type ObjectOffset = RegionOffset & Of<"object">;

/** What records and queues name a block by: the offset of its ownership header. 0 is none. */
export type Handle = Of<"handle">;

export const NO_HANDLE = 0 as Handle;

/** Address of a range in a guest's memory, checked against its current size. It is arbitrary for an empty range. */
export type GuestPointer = Of<"guest pointer">;

/** `bytes` behind `at`. */
export function offsetBy(at: RegionOffset, bytes: number): RegionOffset {
  return (at + bytes) as RegionOffset;
}

/** A struct that begins `bytes` behind `at`, in the same block. */
export function objectWithin(at: RegionOffset, bytes: number): ObjectOffset {
  return (at + bytes) as ObjectOffset;
}
