import { pause } from "../pause.js";

/** The server mostly takes less time than a process needs to fall asleep and wake up. */
const LOOKS = 2_000;
const FIRST_PAUSE_MS = 0.02;
const LONGEST_PAUSE_MS = 1;

/** Waits until the byte at `at`, which another process sets, is not 0. */
export function waitForByte(view: DataView, at: number): void {
  for (let look = 0; look < LOOKS; look++) if (view.getUint8(at) !== 0) return;
  for (let time = FIRST_PAUSE_MS; view.getUint8(at) === 0; ) {
    pause(time);
    time = Math.min(2 * time, LONGEST_PAUSE_MS);
  }
}
