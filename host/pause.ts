/** Nothing ever wakes a sleeper but time. */
const NEVER_CHANGES = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread. @param milliseconds need not be whole */
export function pause(milliseconds: number): void {
  Atomics.wait(NEVER_CHANGES, 0, 0, milliseconds);
}
