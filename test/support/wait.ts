import { setTimeout as sleep } from "node:timers/promises";

/**
 * After so long, what a test waits for will not come. No test expects anything to be fast: a machine that is busy with
 * other work takes many times as long as an idle one. Below jest's own limit (jest.config.mjs), so that an error names
 * what was waited for.
 */
export const HANG_MS = 180_000;

const POLL_MS = 20;

/**
 * Polls until the probe gives something other than undefined, null or false, and returns that.
 * Throws an Error that names `what` after {@link HANG_MS}.
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = performance.now() + HANG_MS;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) {
      return value as Exclude<T, undefined | null | false>;
    }
    if (performance.now() >= deadline) throw new Error(`Waited ${HANG_MS} ms in vain for ${what}.`);
    await sleep(POLL_MS);
  }
}
