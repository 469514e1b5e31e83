import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { floats } from "../test/support/triton/tensors.js";
import { guest } from "../test/support/wasm/guests.js";
import { copyBackends } from "./contenders.js";
import { pythonFolder, TritonServer, tritonInstallation } from "./harness.js";
import { orderAt } from "./order.js";
import { PerfAnalyzer } from "./perf-analyzer.js";
import { serverStatistics, timesBetween } from "./server-statistics.js";
import { spreadOf } from "./statistics.js";
import { formatBytes, formatRatio } from "./units.js";

const HELP = `Compares streams and calls to other models with NVIDIA's stub, in one real server: responses per second of a model that sends
1,000 responses of 4 KiB to a request, and requests per second of a model that calls an identity model and returns its output. The server
sends the responses of one stream to its client at about 1,000 per second, whatever the stub does. So the responses per second come from the
server's own statistic: the time in which the stub hands them to the server. The exit code is 1 when the median of a ratio is below its target.

  --rounds N     number of rounds (default 5)
  --window-ms N  length of one of the three windows of a measurement of calls, in milliseconds (default 700)
  --help         print this text
`;

const KINDS = ["wasm", "nvidia"] as const;
type Kind = (typeof KINDS)[number];
const RESPONSES = 1_000;
const RESPONSE_FLOATS = 1_024;
const REPEAT_REQUESTS = 5;
const REPEAT_TARGET = 1.3;
/** Size of the tensor of a call in bytes, and the target of its ratio. */
const CALLS = [
  { bytes: 64, target: 1.0 },
  { bytes: 8 * 2 ** 20, target: 1.5 },
] as const;

const NAMES = `(data (i32.const 1024) "inner_wasmINPUT0OUTPUT0")`;
const INNER = "(i32.const 1024) (i32.const 10)";
const INPUT0 = "(i32.const 1034) (i32.const 6)";
const FIRST = "(i32.const 0) (i32.const 0)";
/** Each returns an i32; a trap tells that a step failed. */
const requireZero = (call: string) => `(if ${call} (then (unreachable)))`;

const REPEAT = guest(
  `(loop $next
    (drop (call $output_copy_input ${FIRST} (i32.const 0)))
    ${requireZero("(call $response_send (i32.const 0))")}
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (i32.lt_u (local.get $i) (i32.const ${RESPONSES}))))
  ${requireZero("(call $response_finish (i32.const 0))")}
  (i32.const 0)`,
);
const CALLER = guest(
  `(local.set $i (call $call_create ${INNER} (i64.const -1)))
  ${requireZero(`(call $call_input_from (local.get $i) ${INPUT0} ${FIRST})`)}
  ${requireZero("(call $call_send (local.get $i) (i32.const 0))")}
  (drop (call $call_wait (local.get $i) (i32.const -1)))
  ${requireZero(`(call $output_forward ${FIRST} (local.get $i) (i32.const 0))`)}
  (drop (call $call_close (local.get $i)))
  (i32.const 0)`,
  NAMES,
);

interface BenchModel {
  readonly name: string;
  readonly backend: "python" | "wasm" | "identity";
  /** A module, or the name of a model of test/support/python. */
  readonly source?: Uint8Array | string;
  readonly decoupled?: true;
}

const MODELS: readonly BenchModel[] = [
  { name: "repeat_wasm", backend: "wasm", source: REPEAT, decoupled: true },
  { name: "repeat_nvidia", backend: "python", source: "repeat_py", decoupled: true },
  { name: "inner_wasm", backend: "identity" },
  { name: "inner_nvidia", backend: "python", source: "identity_py" },
  { name: "caller_wasm", backend: "wasm", source: CALLER },
  { name: "caller_nvidia", backend: "python", source: "caller_py" },
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      "window-ms": { type: "string", default: "700" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const scratch = await mkdtemp(join(tmpdir(), "contract-"));
  try {
    await measure(scratch, Number(values.rounds), Number(values["window-ms"]));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function measure(scratch: string, rounds: number, windowMs: number): Promise<void> {
  const repository = join(scratch, "models");
  for (const model of MODELS) await writeModel(repository, model);
  const backends = await copyBackends(join(scratch, "backends"));
  const load = await PerfAnalyzer.obtain(await tritonInstallation(), scratch);
  const server = await TritonServer.start({ modelRepository: repository, backends, python: true });
  try {
    // One after the other: with the region names of the harness, stubs of two backends that start at once may get the same region.
    for (const { name } of MODELS) await server.http.load(name);
    await checkAnswers(server);
    const repeat = await ratios(rounds, (kind) => responsesPerSecond(server, kind));
    report(`${RESPONSES} responses of 4 KiB`, repeat, REPEAT_TARGET);
    for (const { bytes, target } of CALLS) {
      const calls = await ratios(rounds, async (kind) => {
        const model = `caller_${kind}`;
        const { address } = server.grpc;
        const result = await load.run({ address, model, bytes, concurrency: 1, windowMs });
        return result.inferencesPerSecond;
      });
      report(`a call, ${formatBytes(bytes)}`, calls, target);
    }
  } finally {
    await server.stop();
  }
}

/** The ratio of each round. @param rateOf measures the models of a stub */
async function ratios(rounds: number, rateOf: (kind: Kind) => Promise<number>): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const rates = { wasm: 0, nvidia: 0 };
    for (const kind of orderAt(KINDS, round)) rates[kind] = await rateOf(kind);
    all.push(rates.wasm / rates.nvidia);
  }
  return all;
}

function report(row: string, ratios: readonly number[], target: number): void {
  const { median, min, max } = spreadOf(ratios);
  const numbers = `${formatRatio(median)} (${formatRatio(min)}–${formatRatio(max)})`;
  console.log(`${row.padEnd(24)} ${numbers}, target ${formatRatio(target)}`);
  if (median < target) process.exitCode = 1;
}

async function responsesPerSecond(server: TritonServer, kind: Kind): Promise<number> {
  const before = await serverStatistics(server, `repeat_${kind}`);
  for (let request = 0; request < REPEAT_REQUESTS; request++) await repeatOnce(server, kind);
  const after = await serverStatistics(server, `repeat_${kind}`);
  return (RESPONSES * 1e6) / timesBetween(before, after).computeInferUs;
}

/** @throws Error when responses are missing: a model that sends less is faster */
async function repeatOnce(server: TritonServer, kind: Kind): Promise<void> {
  const values = Array.from({ length: RESPONSE_FLOATS }, (_, index) => index / 3);
  const answers = await server.grpc.inferStream(`repeat_${kind}`, [floats("INPUT0", values)]);
  const full = answers.filter(({ outputs }) => outputs[0]?.bytes.length === 4 * RESPONSE_FLOATS);
  if (full.length !== RESPONSES)
    throw new Error(`repeat_${kind} sent ${full.length} of ${RESPONSES} responses`);
}

async function checkAnswers(server: TritonServer): Promise<void> {
  for (const kind of KINDS) {
    await repeatOnce(server, kind);
    const input = floats("INPUT0", [1, 2.5, -3]);
    const { outputs } = await server.http.infer(`caller_${kind}`, [input]);
    if (Buffer.compare(outputs[0]!.bytes, input.bytes) !== 0)
      throw new Error(`caller_${kind} returned wrong bytes`);
  }
}

async function writeModel(repository: string, model: BenchModel): Promise<void> {
  const { name, backend, source, decoupled } = model;
  const version = join(repository, name, "1");
  await mkdir(version, { recursive: true });
  if (typeof source === "string")
    await copyFile(
      join(pythonFolder(), "models", source, "1", "model.py"),
      join(version, "model.py"),
    );
  else if (source !== undefined) await writeFile(join(version, "model.wasm"), source);
  await writeFile(
    join(repository, name, "config.pbtxt"),
    `backend: "${backend}"
max_batch_size: 0
input [ { name: "INPUT0" data_type: TYPE_FP32 dims: [-1] } ]
output [ { name: "OUTPUT0" data_type: TYPE_FP32 dims: [-1] } ]
instance_group [ { kind: KIND_CPU count: 1 } ]
${decoupled ? "model_transaction_policy { decoupled: true }\n" : ""}`,
  );
}

await main();
