/** `npm run demo`: a real tritonserver serves both example models with our stub, over HTTP and gRPC. */
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { messageOf } from "../host/errors.js";
import { projectFolder } from "../test/support/paths.js";
import { TritonServer } from "../test/support/triton/server.js";
import { encodeBytes, sameTensor, type Tensor } from "../test/support/triton/tensors.js";

const MODELS = ["identity", "identity_builtin"] as const;
const PROTOCOLS = ["http", "grpc"] as const;

const root = projectFolder();

function sampleTensors(): Tensor[] {
  const bytesOf = (array: Float32Array | BigInt64Array) =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  const image = new Uint8Array(3 * 512 * 512).map((_, index) => index * 31);
  return [
    {
      name: "INPUT0",
      datatype: "FP32",
      shape: [2, 3],
      bytes: bytesOf(Float32Array.of(1, -2.5, 3e38, Number.NaN, 0, Number.POSITIVE_INFINITY)),
    },
    {
      name: "INPUT0",
      datatype: "FP32",
      shape: [1024, 4096],
      bytes: bytesOf(Float32Array.from({ length: 1024 * 4096 }, (_, index) => index / 7)),
    },
    {
      name: "INPUT1",
      datatype: "INT64",
      shape: [3],
      bytes: bytesOf(BigInt64Array.of(0n, -1n, 2n ** 62n)),
    },
    {
      name: "INPUT2",
      datatype: "BYTES",
      shape: [4],
      bytes: encodeBytes(["Triton", "", "WebAssembly ⚙", "a\0b"]),
    },
    { name: "INPUT3", datatype: "UINT8", shape: [3, 512, 512], bytes: image },
    { name: "INPUT4", datatype: "BOOL", shape: [5], bytes: Uint8Array.of(1, 0, 1, 1, 0) },
    { name: "INPUT5", datatype: "BF16", shape: [0], bytes: new Uint8Array(0) },
  ];
}

function printRow(cells: readonly (string | number)[]): void {
  const widths = [17, 9, 9, 14, 11, 6, 11];
  console.log(
    cells
      .map((cell, index) => String(cell).padEnd(widths[index] ?? 0))
      .join(" ")
      .trimEnd(),
  );
}

/** @returns the number of tensors that the server returned changed */
async function sendAll(server: TritonServer): Promise<number> {
  let changed = 0;
  printRow(["model", "protocol", "datatype", "shape", "bytes", "equal", "latency"]);
  for (const model of MODELS) {
    for (const protocol of PROTOCOLS) {
      for (const input of sampleTensors()) {
        const output = { ...input, name: input.name.replace("INPUT", "OUTPUT") };
        const begin = performance.now();
        const answer = await server[protocol].infer(model, [input], { outputs: [output.name] });
        const latency = `${(performance.now() - begin).toFixed(1)} ms`;
        const equal = answer.outputs.length === 1 && sameTensor(output, answer.outputs[0]!);
        if (!equal) changed++;
        const shape = `[${input.shape}]`;
        printRow([
          model,
          protocol,
          input.datatype,
          shape,
          input.bytes.length,
          equal ? "yes" : "NO",
          latency,
        ]);
      }
    }
  }
  return changed;
}

async function printStatistics(server: TritonServer): Promise<void> {
  console.log("\nStatistics of the server:");
  for (const model of MODELS) {
    const [statistics] = await server.http.modelStatistics(model);
    const { success, compute_infer } = statistics.inference_stats;
    const mean = (compute_infer.ns / compute_infer.count / 1000).toFixed(0);
    console.log(
      `  ${model}: ${success.count} requests, ${statistics.execution_count} executions, compute infer ${mean} us on average`,
    );
  }
}

async function demo(): Promise<number> {
  console.log(
    "Starting tritonserver 23.12 (downloaded on first use) with our two backend folders ...",
  );
  const server = await TritonServer.start({
    modelRepository: join(root, "examples/models"),
    backends: [join(root, "dist/backends/wasm"), join(root, "dist/backends/identity")],
  });
  try {
    for (const model of MODELS) await server.http.load(model);
    console.log(`Serving ${MODELS.join(" and ")}.\n`);
    const changed = await sendAll(server);
    await printStatistics(server);
    if (changed > 0) throw new Error(`${changed} tensors differ from what was sent`);
  } finally {
    const { code, durationMs } = await server.stop();
    console.log(`\nThe server stopped after ${durationMs} ms with exit code ${code}.`);
  }
  return 0;
}

try {
  process.exitCode = await demo();
} catch (error) {
  console.error(`demo: ${messageOf(error)}`);
  process.exitCode = 1;
}
