import { writeSync } from "node:fs";

/** What an eventfd adds up. */
const ONE = new Uint8Array(new BigUint64Array([1n]).buffer);

/** Makes whoever waits for the eventfd look. */
export function wakeUp(fd: number): void {
  writeSync(fd, ONE);
}
