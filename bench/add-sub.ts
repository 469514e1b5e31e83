import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { copyBackends } from "./contenders.js";
import { projectFolder, pythonFolder, TritonServer, tritonInstallation } from "./harness.js";
import { orderAt } from "./order.js";
import { PerfAnalyzer } from "./perf-analyzer.js";
import { spreadOf } from "./statistics.js";
import { formatBytes, formatRatio } from "./units.js";

const HELP = `Measures the throughput of the add_sub examples in one real server, relative to numpy in NVIDIA's stub. A request has two
FP32 inputs; the outputs are their sum and their difference. All tensors are in system shared memory. The exit code is 1
when the median of a ratio is below its target.

  --rounds N     number of rounds (default 7)
  --window-ms N  length of one of the three windows of a measurement, in milliseconds (default 700)
  --help         print this text
`;
const LANGUAGES = ["c", "rust", "zig", "assemblyscript"] as const;
const REFERENCE = "nvidia";
const MODELS = [REFERENCE, ...LANGUAGES];

/** Size of each input in bytes, and the target of its ratio. */
const CELLS = [
  { bytes: 64 * 2 ** 10, target: 1.1 },
  { bytes: 8 * 2 ** 20, target: 1.0 },
] as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "7" },
      "window-ms": { type: "string", default: "700" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const scratch = await mkdtemp(join(tmpdir(), "add-sub-"));
  try {
    const ratios = await measure(scratch, Number(values.rounds), Number(values["window-ms"]));
    report(ratios);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The ratio of each round. Keys are `<model> <bytes>`. */
type Ratios = ReadonlyMap<string, readonly number[]>;

async function measure(scratch: string, rounds: number, windowMs: number): Promise<Ratios> {
  const repository = join(scratch, "models");
  for (const model of MODELS) await writeModel(repository, model);
  const backends = await copyBackends(join(scratch, "backends"));
  const load = await PerfAnalyzer.obtain(await tritonInstallation(), scratch);
  const server = await TritonServer.start({
    modelRepository: repository,
    backends,
    python: true,
  });
  const ratios = new Map<string, number[]>();
  try {
    for (const model of MODELS) {
      // One after the other: with the region names of the harness, stubs of two backends that start at once may get the same region.
      await server.http.load(model);
      await checkAnswers(server, model);
    }
    for (let round = 0; round < rounds; round++) {
      for (const [index, { bytes }] of CELLS.entries()) {
        const rates = new Map<string, number>();
        for (const model of orderAt(MODELS, round + index)) {
          const { inferencesPerSecond } = await load.run({
            address: server.grpc.address,
            model,
            inputs: ["INPUT0", "INPUT1"],
            bytes,
            concurrency: 1,
            windowMs,
          });
          rates.set(model, inferencesPerSecond);
        }
        for (const model of LANGUAGES) {
          const key = `${model} ${bytes}`;
          const ratio = rates.get(model)! / rates.get(REFERENCE)!;
          ratios.set(key, [...(ratios.get(key) ?? []), ratio]);
        }
        const text = MODELS.map((model) => `${model} ${rates.get(model)!.toFixed(0)}/s`);
        console.error(`round ${round + 1}/${rounds}  ${formatBytes(bytes)}: ${text.join(", ")}`);
      }
    }
  } finally {
    await server.stop();
  }
  return ratios;
}

function report(ratios: Ratios): void {
  console.log("Inferences per second relative to numpy in NVIDIA's stub: median (min–max)");
  for (const { bytes, target } of CELLS) {
    for (const model of LANGUAGES) {
      const { median, min, max } = spreadOf(ratios.get(`${model} ${bytes}`)!);
      const numbers = `${formatRatio(median)} (${formatRatio(min)}–${formatRatio(max)})`;
      const place = `${formatBytes(bytes)}, ${model}`;
      console.log(`${place.padEnd(24)} ${numbers}, target ${formatRatio(target)}`);
      if (median < target) process.exitCode = 1;
    }
  }
}

async function writeModel(repository: string, model: string): Promise<void> {
  const version = join(repository, model, "1");
  await mkdir(version, { recursive: true });
  const python = join(pythonFolder(), "models", "add_sub_py", "1", "model.py");
  const module = join(projectFolder(), "examples", model, "add_sub", "1", "model.wasm");
  if (model === REFERENCE) await copyFile(python, join(version, "model.py"));
  else await copyFile(module, join(version, "model.wasm"));
  const tensors = (kind: string, prefix: string) =>
    `${kind} [ ${[0, 1].map((n) => `{ name: "${prefix}${n}" data_type: TYPE_FP32 dims: [-1] }`).join(", ")} ]`;
  await writeFile(
    join(repository, model, "config.pbtxt"),
    `backend: "${model === REFERENCE ? "python" : "wasm"}"
max_batch_size: 0
${tensors("input", "INPUT")}
${tensors("output", "OUTPUT")}
instance_group [ { kind: KIND_CPU count: 1 } ]
`,
  );
}

/**
 * Checks the outputs of the model: one that computes nothing is fast.
 * @throws Error
 */
async function checkAnswers(server: TritonServer, model: string): Promise<void> {
  const left = Float32Array.from({ length: 100_003 }, (_, index) => index / 7);
  const right = left.map((value) => 1 / (1 + value));
  const tensor = (name: string, values: Float32Array) => ({
    name,
    datatype: "FP32" as const,
    shape: [values.length],
    bytes: new Uint8Array(values.buffer),
  });
  const inputs = [tensor("INPUT0", left), tensor("INPUT1", right)];
  const { outputs } = await server.http.infer(model, inputs);
  const expected = {
    OUTPUT0: left.map((value, index) => value + right[index]!),
    OUTPUT1: left.map((value, index) => value - right[index]!),
  };
  for (const [name, values] of Object.entries(expected)) {
    const output = outputs.find((candidate) => candidate.name === name);
    if (output === undefined || Buffer.compare(output.bytes, new Uint8Array(values.buffer)) !== 0) {
      throw new Error(`${model} returned a wrong ${name}, so its throughput was not measured.`);
    }
  }
}

await main();
