import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../host/errors.js";
import { WASM_BACKEND } from "../test/support/wasm/guests.js";
import { copyBackends, writeRepository } from "./contenders.js";
import { DEFAULT_RELEASE, TritonServer, tritonInstallation } from "./harness.js";
import { describeMachine } from "./machine.js";
import { footprintsAfter, idleFootprints } from "./memory.js";
import { type BenchOptions, HELP, parseOptions } from "./options.js";
import { PerfAnalyzer } from "./perf-analyzer.js";
import { measureProfile } from "./profile/measure.js";
import { printReport, writeReport } from "./report.js";
import { type BenchResults, resultsFile, writeJson } from "./results.js";
import { measureRounds } from "./rounds.js";
import { checkBytes } from "./sanity.js";
import { measureStartup, type StartupRow } from "./startup.js";

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return;
  const scratch = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    const results = await measure(options, scratch);
    printReport(results);
    if (options.write) {
      await writeJson(resultsFile(options.release), results);
      if (options.release === DEFAULT_RELEASE) {
        await writeJson("profile.json", await measureProfile(options.sizes));
      }
      await writeReport();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** @returns undefined after it has printed the help or an error instead */
function readOptions(): BenchOptions | undefined {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options === undefined) console.log(HELP);
    return options;
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${HELP}`);
    process.exitCode = 2;
    return undefined;
  }
}

/** The folders of one run of the benchmark. */
interface Setup {
  readonly repository: string;
  readonly backends: readonly string[];
}

async function measure(options: BenchOptions, scratch: string): Promise<BenchResults> {
  const backends = await copyBackends(join(scratch, "backends"));
  const setup = { repository: join(scratch, "models"), backends };
  await writeRepository(setup.repository, options.contenders);
  const machine = await describeMachine(WASM_BACKEND, options.release);
  const load = await PerfAnalyzer.obtain(await tritonInstallation(), scratch);
  const startup = await startupRun(options, setup);
  const { rounds, sizes, concurrencies, windowMs, loads, contenders } = options;
  const models = contenders.map(({ name }) => name);
  return {
    machine,
    settings: { rounds, sizes, concurrencies, windowMs, models, loads },
    startup,
    ...(await loadRun(options, setup, load)),
  };
}

async function startupRun(options: BenchOptions, setup: Setup): Promise<StartupRow[]> {
  const server = await startServer(options, setup, 1);
  try {
    const models = options.contenders.map(({ name }) => name);
    return await measureStartup(server, models, options.loads);
  } finally {
    await server.stop();
  }
}

async function loadRun(
  options: BenchOptions,
  setup: Setup,
  load: PerfAnalyzer,
): Promise<Pick<BenchResults, "rounds" | "footprints">> {
  const server = await startServer(options, setup, 0);
  try {
    const models = options.contenders.map(({ name }) => name);
    for (const model of models) await server.http.load(model);
    const idle = await idleFootprints(server, models);
    for (const bytes of options.sizes) {
      for (const model of models) await checkBytes(server, model, bytes);
    }
    const rounds = await measureRounds(server, load, options);
    return { rounds, footprints: footprintsAfter(server, idle) };
  } finally {
    await server.stop();
  }
}

function startServer(
  { release }: BenchOptions,
  { repository, backends }: Setup,
  logVerbose: number,
): Promise<TritonServer> {
  const modelRepository = repository;
  return TritonServer.start({ release, modelRepository, logVerbose, backends, python: true });
}

await main();
