import type { TritonServer } from "./harness.js";

/** The process that serves the only instance of a model. @throws Error when there is not exactly one */
export function stubOf(server: TritonServer, model: string): number {
  const stubs = server
    .stubs()
    .filter(({ state, commandLine }) => state !== "Z" && commandLine.includes(`${model}_0_0`));
  if (stubs.length !== 1) throw new Error(`${model} has ${stubs.length} stubs instead of one.`);
  return stubs[0]!.pid;
}
