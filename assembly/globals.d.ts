/** Declarations for editors that the compiler's own declarations lack. */

/** Runs the garbage collector of the runtime. It does nothing in the runtime `stub`. */
declare function __collect(): void;
/** Makes an object of a class without calling its constructor; used with `offsetof` and `idof`. */
declare function __new(size: usize, id: u32): usize;
