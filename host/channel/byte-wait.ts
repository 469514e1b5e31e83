import { waitUntil } from "../libc/wait-until.js";

/** The server usually needs less time than this process needs to sleep and wake up. */
const POLLS = 500;

/** Waits until the byte at `at` is not 0. Another process sets it. */
export function waitForByte(view: DataView, at: number): void {
  waitUntil(() => view.getUint8(at) !== 0, POLLS);
}
