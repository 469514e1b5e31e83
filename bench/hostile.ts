import { parseArgs } from "node:util";
import { EXECUTE_DEADLINE_MS, FAILURES_MAX } from "../host/limits.js";
import { floatConfig, ModelRepository, parameter } from "../test/support/triton/repository.js";
import { floats } from "../test/support/triton/tensors.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../test/support/wasm/guests.js";
import { TritonServer } from "./harness.js";
import { median } from "./statistics.js";

const DEADLINE_MS = 300;
const LATE_MAX_MS = 50;
const P99_MAX_RATIO = 2;
const HELP = `Measures what hostile guests cost other models, in one real server: the time from a hostile guest's deadline to the answer of
its batch, and the latency of a well-behaved model at the same time. The exit code is 1 when the median answer comes later
than ${LATE_MAX_MS} ms after the deadline, or when the p99 latency of the other model is above ${P99_MAX_RATIO} times its p99 without
a hostile guest.

  --seconds N       seconds for each guest (default 40)
  --failures-max N  wasm_failures_max of the hostile models (default ${FAILURES_MAX.default}, the default of the parameter). With 1000 they
                    never become unavailable; the default ceiling does not allow that
  --help            print this text
`;

const GOOD = "good";
const PAUSE_MS = 5;

const hundredMegabytes = (instruction: string) =>
  `(drop (memory.grow (i32.const 1600))) (loop $for_ever (${instruction} (i32.const 64) (i32.const 0) (i32.const 100000000)) (br $for_ever))`;

/** Bodies of `triton_execute`. A guest with `lasts` runs until its deadline stops it. */
const GUESTS: Readonly<Record<string, { body: string; more?: string; lasts?: true }>> = {
  loop: { body: "(loop $for_ever (br $for_ever))", lasts: true },
  copies: { body: hundredMegabytes("memory.copy"), lasts: true },
  fills: { body: hundredMegabytes("memory.fill"), lasts: true },
  traps: { body: "(unreachable)" },
  recursion: {
    body: "(drop (call $deep))",
    more: "(func $deep (result i32) (i32.add (call $deep) (i32.const 1)))",
  },
  logs: {
    body: "(loop $for_ever (drop (call $log (i32.const 0) (i32.const 16) (i32.const 8000))) (br $for_ever))",
    lasts: true,
  },
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "40" },
      "failures-max": { type: "string", default: String(FAILURES_MAX.default) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const repository = new ModelRepository();
  const good = guest(`${COPY_ALL} (i32.const 0)`);
  repository.add(GOOD, floatConfig("wasm"), { "model.wasm": good });
  const limits =
    parameter("wasm_execute_deadline_ms", String(DEADLINE_MS)) +
    parameter(FAILURES_MAX.parameter, values["failures-max"]);
  for (const [name, { body, more }] of Object.entries(GUESTS)) {
    const module = guest(`${body} (i32.const 0)`, more);
    repository.add(name, floatConfig("wasm", limits), { "model.wasm": module });
  }
  const server = await TritonServer.start({
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
    loadModels: [GOOD, ...Object.keys(GUESTS)],
    env: { [FAILURES_MAX.parameter]: values["failures-max"] },
  });
  try {
    await compare(server, Number(values.seconds) * 1_000);
  } finally {
    await server.stop();
    repository.remove();
  }
}

async function compare(server: TritonServer, milliseconds: number): Promise<void> {
  await latencies(server, 1_000);
  console.log("guest       late, median  late, worst  good p50  good p99   p99 / before");
  for (const [name, { lasts }] of Object.entries(GUESTS)) {
    const before = quantiles(await latencies(server, milliseconds));
    const end = performance.now() + milliseconds;
    const [late, others] = await Promise.all([
      misbehave(server, name, end),
      latencies(server, milliseconds),
    ]);
    const during = quantiles(others);
    const ratio = during.p99 / before.p99;
    const cells = lasts ? [median(late), Math.max(...late)].map(inMs) : ["-", "-"];
    const row = [...cells, inMs(during.p50), inMs(during.p99), ratio.toFixed(2)];
    console.log(name.padEnd(10) + row.map((cell) => cell.padStart(13)).join(""));
    if ((lasts && median(late) > LATE_MAX_MS) || ratio > P99_MAX_RATIO) process.exitCode = 1;
  }
}

const inMs = (value: number) => `${value.toFixed(1)} ms`;

/**
 * Calls the guest until the time `end`.
 * @returns for each call that was stopped, the milliseconds from its deadline to its answer
 */
async function misbehave(server: TritonServer, model: string, end: number): Promise<number[]> {
  const late: number[] = [];
  while (performance.now() < end) {
    const begin = performance.now();
    const error = await server.http.inferError(model, [floats("INPUT0", [1])]);
    if (error?.includes(EXECUTE_DEADLINE_MS.parameter)) {
      late.push(performance.now() - begin - DEADLINE_MS);
    }
  }
  return late;
}

/** Latencies of the good model's requests in milliseconds, one request after the other. */
async function latencies(server: TritonServer, milliseconds: number): Promise<number[]> {
  const taken: number[] = [];
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const begin = performance.now();
    await server.http.infer(GOOD, [floats("INPUT0", [1, 2, 3])]);
    taken.push(performance.now() - begin);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return taken;
}

function quantiles(values: readonly number[]): { p50: number; p99: number } {
  const sorted = [...values].sort((one, other) => one - other);
  return { p50: median(sorted), p99: sorted[Math.floor(0.99 * (sorted.length - 1))]! };
}

await main();
