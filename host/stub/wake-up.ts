import { writeSync } from "node:fs";

/** The number that an eventfd adds to its counter. */
const ONE = new Uint8Array(new BigUint64Array([1n]).buffer);

/** Wakes up the process that waits for the eventfd. */
export function wakeUp(fd: number): void {
  writeSync(fd, ONE);
}
