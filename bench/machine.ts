import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, version } from "node:os";
import { join } from "node:path";
import { pythonEnvironment, run } from "./harness.js";

/** The machine and the programs of a measurement. No field names a folder or a host. */
export interface Machine {
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  /** Version of Node that runs the benchmark. */
  readonly node: string;
  /** Version of Node in our stub. */
  readonly stubNode: string;
  /** First digits of the SHA-256 of our bundled stub. */
  readonly stubSha256: string;
  readonly tritonRelease: string;
  readonly python: string;
  readonly numpy: string;
}

/**
 * @param backend the folder with the program of our stub
 * @param tritonRelease release of the server, `YY.MM`
 */
export async function describeMachine(backend: string, tritonRelease: string): Promise<Machine> {
  const stub = readFileSync(join(backend, "stub.cjs"));
  const { python } = await pythonEnvironment();
  const versions = "import numpy, platform; print(platform.python_version(), numpy.__version__)";
  const [pythonVersion = "", numpy = ""] = (await firstLine(python, ["-c", versions])).split(" ");
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${release()} ${version()}`,
    node: process.version,
    stubNode: await firstLine(join(backend, "node"), ["--version"]),
    stubSha256: createHash("sha256").update(stub).digest("hex").slice(0, 12),
    tritonRelease,
    python: pythonVersion,
    numpy,
  };
}

async function firstLine(program: string, args: readonly string[]): Promise<string> {
  return (await run(program, args)).stdout.trim();
}
