/*
 * What the core asks of JavaScript. Without a decorator the compiler takes this file's name, `host`, for the namespace of the
 * imports, and the functions' names for theirs.
 */

/**
 * Throws in JavaScript. `code` is a `Failure`, `at` the offset (or the argument) that was refused.
 */
export declare function fail(code: i32, at: u32): void;

/**
 * Byte `index` of the name that the running call is about; only the low 8 bits count. The core owns
 * no memory, so a name cannot be handed over in any other way without writing to the region.
 */
export declare function nameByte(index: i32): i32;
