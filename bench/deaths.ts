import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Instance } from "../test/support/triton/instance.js";
import { floatConfig, ModelRepository, parameter } from "../test/support/triton/repository.js";
import { floats } from "../test/support/triton/tensors.js";
import { COPY_ALL, guest, WASM_BACKEND } from "../test/support/wasm/guests.js";
import { TritonServer } from "./harness.js";
import { median } from "./statistics.js";

const DEADLINE_MS = 200;
/** Pause after each try: the next executor starts meanwhile, and does not take processor time from the next try. */
const PAUSE_MS = 500;
const HELP = `Measures the time from the death of an executor, or from its deadline, to the client's answer. The last column is the median
time of a successful request: it shows how busy the machine is.

  --times N        number of kills or deadlines per row (default 50)
  --releases LIST  releases of Triton (default 23.12,24.06,24.10)
  --help           print this text
`;

/** The response of a decoupled model is a message of its own. */
const DECOUPLED = "model_transaction_policy { decoupled: true }";
const FAILURES_MAX = "1000";
const MISBEHAVE_BYTES = 8;

const FOR_EVER = "(loop $for_ever (br $for_ever))";
const TAIL_CALLS =
  "(func $a (param i32) (result i32) (return_call $a (i32.add (local.get 0) (i32.const 1))))";
/** Number of fills of 256 MiB in a row, without a loop: they take at least ten seconds. */
const FILLS = 400;
const BULK = `(drop (memory.grow (i32.const 4095))) ${"(memory.fill (i32.const 0) (i32.const 1) (i32.const 268435456)) ".repeat(FILLS)}`;

const GUESTS = [
  { name: "spin", body: FOR_EVER, more: "" },
  { name: "tail_calls", body: "(drop (call $a (i32.const 0)))", more: TAIL_CALLS },
  { name: "fills", body: BULK, more: "" },
] as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      times: { type: "string", default: "50" },
      releases: { type: "string", default: "23.12,24.06,24.10" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const repository = new ModelRepository();
  for (const [suffix, policy] of [
    ["", ""],
    ["_decoupled", DECOUPLED],
  ] as const) {
    for (const { name, body, more } of GUESTS) {
      const limits = `${policy} ${parameter("wasm_failures_max", FAILURES_MAX)}`;
      addModel(repository, `${name}${suffix}`, body, more, limits);
      const deadline = parameter("wasm_execute_deadline_ms", String(DEADLINE_MS));
      addModel(repository, `${name}${suffix}_stopped`, body, more, limits + deadline);
    }
  }
  console.log(
    "release  model                                        median       p99     worst    successful",
  );
  try {
    for (const release of values.releases.split(",")) {
      await measure(repository, release, Number(values.times));
    }
  } finally {
    repository.remove();
  }
}

function addModel(
  repository: ModelRepository,
  name: string,
  body: string,
  more: string,
  extra: string,
): void {
  const misbehave = `(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const ${MISBEHAVE_BYTES})) (then
    (drop (call $log (i32.const 0) (i32.const 100) (i32.const 4))) ${body}))`;
  const module = guest(
    `${misbehave} ${COPY_ALL} (i32.const 0)`,
    `(data (i32.const 100) "busy") ${more}`,
  );
  repository.add(name, floatConfig("wasm", extra), { "model.wasm": module });
}

async function measure(repository: ModelRepository, release: string, times: number): Promise<void> {
  const server = await TritonServer.start({
    release,
    modelRepository: repository.folder,
    backends: [WASM_BACKEND],
    env: { wasm_failures_max: FAILURES_MAX },
  });
  try {
    for (const suffix of ["", "_decoupled"]) {
      await row(server, release, `spin${suffix}`, "killed", times, afterKill);
      for (const { name } of GUESTS) {
        await row(server, release, `${name}${suffix}_stopped`, "stopped", times, afterDeadline);
      }
    }
  } finally {
    await server.stop();
  }
}

/**
 * Provokes a death or a deadline.
 * @returns milliseconds from it to the answer
 */
type Try = (server: TritonServer, model: string) => Promise<number>;

async function row(
  server: TritonServer,
  release: string,
  model: string,
  what: string,
  times: number,
  once: Try,
): Promise<void> {
  await server.http.load(model);
  const taken: number[] = [];
  const good: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    await ask(server, model, [1, 2, 3]);
    await sleep(PAUSE_MS);
    const begin = performance.now();
    await ask(server, model, [1, 2, 3]);
    good.push(performance.now() - begin);
    taken.push(await once(server, model));
  }
  await server.http.unload(model);
  const sorted = taken.sort((one, other) => one - other);
  const numbers = [
    median(sorted),
    sorted[Math.floor(0.99 * (times - 1))]!,
    sorted.at(-1)!,
    median(good),
  ];
  const cells = numbers.map((ms) => `${ms.toFixed(1)} ms`.padStart(11)).join("");
  console.log(`${release.padEnd(9)}${`${model}, ${what}`.padEnd(40)}${cells}`);
}

/** Sends one request; over a stream if the model is decoupled. */
async function ask(server: TritonServer, model: string, values: readonly number[]): Promise<void> {
  const inputs = [floats("INPUT0", values)];
  if (model.includes("_decoupled")) await server.grpc.inferStream(model, inputs);
  else await server.http.infer(model, inputs);
}

/**
 * Sends a request that fails.
 * @returns the text of its error
 */
async function askForError(server: TritonServer, model: string): Promise<string> {
  const error = await ask(server, model, [1, 2]).then(
    () => new Error("the request succeeded"),
    (error: Error) => error,
  );
  return error.message;
}

const afterKill: Try = async (server, model) => {
  const executor = await new Instance(server, model).executor();
  const from = server.log().length;
  const lost = askForError(server, model);
  await server.waitForLog(/busy"?$/m, from);
  const begin = performance.now();
  process.kill(executor, "SIGKILL");
  expectWords(await lost, "executor died");
  return performance.now() - begin;
};

const afterDeadline: Try = async (server, model) => {
  const begin = performance.now();
  expectWords(await askForError(server, model), "exceeded its wasm_execute_deadline_ms");
  return performance.now() - begin - DEADLINE_MS;
};

function expectWords(text: string, words: string): void {
  if (!text.includes(words)) throw new Error(`expected an error with "${words}", got: ${text}`);
}

await main();
