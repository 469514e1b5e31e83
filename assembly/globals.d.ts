/** What the compiler knows and its declarations for editors lack. */

/** Of the runtime: collects what is not reachable. Nothing in the runtime `stub`. */
declare function __collect(): void;
