import { pause } from "../pause.js";

/** Polls before the first pause: the server usually needs less time than this process needs to sleep and wake up. */
const POLLS = 2_000;
const FIRST_PAUSE_MS = 0.02;
const LONGEST_PAUSE_MS = 1;

/** Waits until the byte at `at` is not 0. Another process sets it. */
export function waitForByte(view: DataView, at: number): void {
  for (let poll = 0; poll < POLLS; poll++) if (view.getUint8(at) !== 0) return;
  for (let time = FIRST_PAUSE_MS; view.getUint8(at) === 0; ) {
    pause(time);
    time = Math.min(2 * time, LONGEST_PAUSE_MS);
  }
}
