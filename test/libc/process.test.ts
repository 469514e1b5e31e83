import { parentPid, processExists } from "../../host/libc/process.js";
import { processInfo } from "../triton/harness/processes.js";
import { HANG_MS, until } from "../triton/harness/wait.js";
import { Child, endChildren, startChild } from "./child.js";

afterEach(endChildren);

/** No process has it: above the kernel's largest. */
const NO_PID = 2 ** 22 + 1;

test("the parent's pid is the one that Node knows", () => {
  expect(parentPid()).toBe(process.ppid);
});

test("a process that runs exists, one that is gone and reaped does not", async () => {
  const child = new Child("sleep", ["60"]);
  expect(processExists(child.pid)).toBe(true);
  await child.kill();
  expect(processExists(child.pid)).toBe(false);
  expect(processExists(NO_PID)).toBe(false);
});

test("a process that this one may not signal exists all the same", async () => {
  const stranger = startChild(new URL("see-the-first-process.mjs", import.meta.url));
  expect(await stranger.line()).toBe("true");
});

test("a zombie exists, so its pid alone does not say that a server is alive", async () => {
  // The shell becomes a program that reaps no children.
  const parent = new Child("sh", ["-c", "sleep 0.1 & echo $!; exec sleep 60"]);
  const zombie = Number(await parent.line());
  await until("the zombie", () => processInfo(zombie)?.state === "Z");
  expect(processExists(zombie)).toBe(true);
  await parent.kill();
});

test("a process whose parent is killed has another parent at once", async () => {
  const parent = startChild(new URL("orphan.mjs", import.meta.url));
  expect(await parent.line()).toBe("true true");
  parent.process.kill("SIGKILL");
  expect(await parent.line()).toBe("orphan");
});

test("exitProcess ends the process with its status while a thread is blocked in libc", async () => {
  const start = performance.now();
  const child = startChild(new URL("exit-with-blocked-thread.mjs", import.meta.url));
  expect(await child.exit).toEqual({ code: 7, signal: null });
  expect(performance.now() - start).toBeLessThan(HANG_MS);
});
