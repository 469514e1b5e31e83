import { endChildren, startChild } from "../support/child.js";
import { HANG_MS } from "../support/wait.js";

afterEach(endChildren);

test("exitProcess ends the process with its status while a thread is blocked in libc", async () => {
  const start = performance.now();
  const child = startChild(new URL("exit-with-blocked-thread.mjs", import.meta.url));
  expect(await child.exit).toEqual({ code: 7, signal: null });
  expect(performance.now() - start).toBeLessThan(HANG_MS);
});
