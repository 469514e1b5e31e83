/**
 * Throws in JavaScript. `code` is a `Failure`, `at` the offset (or the argument) that was refused.
 */
// @ts-ignore: decorator
@external("host", "fail")
export declare function fail(code: i32, at: u32): void;

/**
 * Byte `index` of the name that the running call is about; only the low 8 bits count. The core owns
 * no memory, so a name cannot be handed over in any other way without writing to the region.
 */
// @ts-ignore: decorator
@external("host", "nameByte")
export declare function nameByte(index: i32): i32;
