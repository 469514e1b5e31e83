/** Nothing ever wakes a sleeper but time. */
const NEVER_CHANGES = new Int32Array(new SharedArrayBuffer(4));
/** The server mostly takes less time than a process needs to fall asleep and wake up. */
const LOOKS = 2_000;
const FIRST_PAUSE_MS = 0.02;
const LONGEST_PAUSE_MS = 1;

/** Waits until the byte at `at`, which another process sets, is not 0. */
export function waitForByte(view: DataView, at: number): void {
  for (let look = 0; look < LOOKS; look++) if (view.getUint8(at) !== 0) return;
  for (let pause = FIRST_PAUSE_MS; view.getUint8(at) === 0; ) {
    Atomics.wait(NEVER_CHANGES, 0, 0, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
}
