import type { TritonServer } from "./harness.js";

/**
 * Process id of the stub of a model with one instance.
 * @throws Error when there is not exactly one stub
 */
export function stubOf(server: TritonServer, model: string): number {
  const stubs = server
    .stubs()
    .filter(({ state, commandLine }) => state !== "Z" && commandLine.includes(`${model}_0_0`));
  if (stubs.length !== 1) throw new Error(`${model} has ${stubs.length} stubs instead of one`);
  return stubs[0]!.pid;
}
