import { isRunning, type TritonServer, until } from "./harness.js";
import { orderAt } from "./order.js";
import { stubOf } from "./stub-process.js";

/** One load of a model. Times are in milliseconds. */
export interface StartupRow {
  readonly round: number;
  readonly model: string;
  /** From the launch of the instance's process until the server received the answer that the model is initialised. */
  readonly instanceMs: number;
  /** From the launch of the process that completes the configuration until the launch of the instance's process. */
  readonly autoCompleteMs: number;
  /** The whole call of the load API. */
  readonly loadMs: number;
}

/**
 * Loads and unloads the models in turns. The first load of each model is not counted: it reads files into the page cache, and Python
 * compiles its modules.
 * @param server has a verbose log, and no loaded model
 */
export async function measureStartup(
  server: TritonServer,
  models: readonly string[],
  loads: number,
): Promise<StartupRow[]> {
  for (const model of models) await measureLoad(server, model, -1);
  const rows: StartupRow[] = [];
  for (let round = 0; round < loads; round++) {
    for (const model of orderAt(models, round)) rows.push(await measureLoad(server, model, round));
    console.error(
      `start-up ${round + 1}/${loads}: ${rows
        .slice(-models.length)
        .map(({ model, instanceMs }) => `${model} ${instanceMs.toFixed(0)} ms`)
        .join(", ")}`,
    );
  }
  return rows;
}

async function measureLoad(
  server: TritonServer,
  model: string,
  round: number,
): Promise<StartupRow> {
  const logged = server.log().length;
  const begin = performance.now();
  await server.http.load(model);
  const loadMs = performance.now() - begin;
  const times = readTimes(server.log().slice(logged), model);
  const stub = stubOf(server, model);
  await server.http.unload(model);
  await until(`the end of ${model}'s stub`, () => !isRunning(stub));
  await until(`${model} to be unloaded`, async () =>
    (await server.http.index()).every(({ name, state }) => name !== model || state !== "READY"),
  );
  return { round, model, loadMs, ...times };
}

/** The time of a line of tritonserver's log: I1123 03:46:45.431694 <pid> <file>:<line>] <text> */
const TIME = String.raw`^I\d{4} (\d\d):(\d\d):(\d\d\.\d+) .*`;

/** The server launches two processes: the first one completes the configuration and ends, the second one is the instance. */
function readTimes(log: string, model: string): { instanceMs: number; autoCompleteMs: number } {
  const launched = timesOf(log, "Starting Python backend stub:");
  const [ready] = timesOf(log, `instance initialization successful ${model}_0_0 `);
  const [first, second] = launched;
  if (first === undefined || second === undefined || ready === undefined) {
    throw new Error(`the server's log does not show the load of ${model}:\n${log}`);
  }
  return { instanceMs: between(second, ready), autoCompleteMs: between(first, second) };
}

/** The times of the lines with the text, in milliseconds since midnight. */
function timesOf(log: string, text: string): number[] {
  const lines = log.matchAll(new RegExp(TIME + text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gm"));
  return [...lines].map(
    ([, hours, minutes, seconds]) =>
      (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000,
  );
}

const DAY_MS = 86_400_000;

function between(begin: number, end: number): number {
  return (end - begin + DAY_MS) % DAY_MS;
}
