/** Declarations for editors that the compiler's own declarations lack. */

/** Runs the garbage collector of the runtime. It does nothing in the runtime `stub`. */
declare function __collect(): void;
