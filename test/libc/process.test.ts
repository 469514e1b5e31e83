import { HANG_MS } from "../triton/harness/wait.js";
import { endChildren, startChild } from "./child.js";

afterEach(endChildren);

test("exitProcess ends the process with its status while a thread is blocked in libc", async () => {
  const start = performance.now();
  const child = startChild(new URL("exit-with-blocked-thread.mjs", import.meta.url));
  expect(await child.exit).toEqual({ code: 7, signal: null });
  expect(performance.now() - start).toBeLessThan(HANG_MS);
});
