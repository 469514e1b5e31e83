import type { TritonServer } from "../../support/triton/server.js";
import { floats } from "../../support/triton/tensors.js";
import { until } from "../../support/wait.js";

const ROUNDS_MAX = 20;
let serial = 0;

/** Names of the instances that have executed requests with these ids, in their order. The server has to be verbose. */
export async function instancesOf(server: TritonServer, ids: readonly string[]): Promise<string[]> {
  return until("the log lines of all requests", () => {
    const log = server.log();
    const names = ids.map(
      (id) => new RegExp(`(\\S+)(?: v\\d+)?:0\\] request \\d+: id = "${id}",`).exec(log)?.[1],
    );
    return names.includes(undefined) ? undefined : (names as string[]);
  });
}

/**
 * Sends as many requests at once as the model has instances, until each instance has executed two, and the fastest of each
 * are below their limits: on a busy machine any one of them may take longer than its delay, but not all.
 * @param below milliseconds for each instance, the fastest first
 * @returns milliseconds of the requests at the client, by instance; those of each instance in ascending order
 */
export async function timesByInstance(
  server: TritonServer,
  model: string,
  below: readonly number[],
): Promise<Map<string, number[]>> {
  const instances = below.length;
  const times = new Map<string, number[]>();
  const enough = () =>
    times.size === instances &&
    [...times.values()].every((list) => list.length >= 2) &&
    fastestOf(times).every((fastest, index) => fastest < below[index]!);
  for (let round = 0; round < ROUNDS_MAX && !enough(); round++) {
    const ids = Array.from({ length: instances }, () => `timed-${serial++}`);
    const taken = await Promise.all(ids.map((id) => milliseconds(server, model, id)));
    const names = await instancesOf(server, ids);
    names.forEach((name, index) => {
      times.set(name, [...(times.get(name) ?? []), taken[index]!]);
    });
  }
  if (!enough()) throw new Error(`Not below ${below} ms: ${JSON.stringify([...times])}.`);
  for (const list of times.values()) list.sort((one, other) => one - other);
  return times;
}

/** The least milliseconds of each instance, the fastest instance first. */
export function fastestOf(times: ReadonlyMap<string, readonly number[]>): number[] {
  return [...times.values()].map((list) => Math.min(...list)).sort((one, other) => one - other);
}

async function milliseconds(server: TritonServer, model: string, id: string): Promise<number> {
  const begin = performance.now();
  await server.http.infer(model, [floats("INPUT0", [1], [1, 1])], { id });
  return performance.now() - begin;
}
