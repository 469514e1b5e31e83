import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_RELEASE, lastLines, projectFolder, run } from "../harness.js";
import { describeMachine } from "../machine.js";
import type { ProfileResults, StepTimes, WakeUpTimes } from "./profile-results.js";

const BACKEND = join(projectFolder(), "dist", "backends", "wasm");
/** What host/stub/main.ts sets for itself. */
const STUB_FLAGS = ["--no-wasm-dynamic-tiering"];
const TIMEOUT_MS = 300_000;

/** Times the stub's steps for tensors of these sizes, in the stub's own Node. This takes some seconds. */
export async function measureProfile(sizes: readonly number[]): Promise<ProfileResults> {
  const steps = (await runProgram("steps.js", sizes.map(String))) as StepTimes[];
  const wakeUp = (await runProgram("wake-up.js", [])) as WakeUpTimes;
  return { machine: await describeMachine(BACKEND, DEFAULT_RELEASE), steps, wakeUp };
}

async function runProgram(file: string, args: readonly string[]): Promise<unknown> {
  const program = join(dirname(fileURLToPath(import.meta.url)), file);
  const result = await run(join(BACKEND, "node"), [...STUB_FLAGS, program, ...args], {
    timeoutMs: TIMEOUT_MS,
  });
  if (result.code !== 0) throw new Error(`${file} failed: ${lastLines(result.stderr, 5)}`);
  return JSON.parse(result.stdout);
}
