/*
 * The imports of the core from JavaScript. Without a decorator the compiler uses the name of this file, `host`, as the namespace, and the
 * names of the functions as the names of the imports.
 */

/**
 * Throws in JavaScript. `code` is a `Failure`, `at` the offset (or the argument) that was refused.
 */
export declare function fail(code: i32, at: u32): void;

/**
 * Returns byte `index` of the name for the running call; only the low 8 bits are used. The core owns no memory, so
 * passing a name in any other way would write to the region.
 */
export declare function nameByte(index: i32): i32;
