import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 20;

/**
 * Polls until the probe gives something other than undefined, null or false, and returns that.
 * Throws an Error that names `what` when the time is over.
 */
export async function until<T>(
  what: string,
  timeoutMs: number,
  probe: () => T | Promise<T>,
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) {
      return value as Exclude<T, undefined | null | false>;
    }
    if (Date.now() >= deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`);
    await sleep(POLL_MS);
  }
}
