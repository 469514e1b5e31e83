import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { parentPort, type Worker } from "node:worker_threads";
import { type Ceilings, ceilingVariables, LIMITS_FILE, readCeilings } from "../config/ceilings.js";
import { messageOf } from "../errors.js";
import { exitProcess } from "../libc/process.js";
import { sharedMemorySize } from "../libc/shm.js";
import { REGION_MAX_BYTES } from "../limits.js";
import { type Hardening, hardenProcess } from "../sandbox/hardening.js";
import { Ledger } from "../shm/ledger.js";
import { Region } from "../shm/region.js";
import { LOG_LEVEL } from "../wire/datatypes.js";
import { detectRelease, type ServerRelease } from "../wire/release/detect.js";
import { logNameOf, parseArguments, type StubArguments } from "./arguments.js";
import { Connection } from "./connection.js";
import { Executor, type ExecutorData } from "./executor.js";
import { hardeningMode } from "./hardening-mode.js";
import { requireLaunchOf } from "./launch-check.js";
import type { Logger } from "./logger.js";
import { type ModelFiles, openModelFiles } from "./model-files.js";
import { openRegion } from "./open-region.js";
import { Refusal } from "./refusal.js";
import { ServerFolder } from "./server-folder.js";
import { isServerVerbose } from "./server-verbosity.js";
import { Slots } from "./slots.js";
import { StderrLogger } from "./stderr-logger.js";
import { Supervisor } from "./supervisor.js";
import { ENTRY } from "./thread.js";
import { forgetServer, pathRules } from "./walls.js";

/** Runs the stub, or a thread of it. @param thread of this program, started already; undefined in such a thread */
export function run(thread: Worker | undefined): void {
  if (thread === undefined) execute();
  else supervise(thread);
}

function execute(): void {
  // Before the first guest is compiled: with dynamic tiering a loop of bulk-memory instructions could not be stopped for
  // seconds (sandbox.md 2a). Not on the command line: V8 takes its code caches only with the flags that they were made with, which
  // is worth 20 ms of every start. A thread that replaces a stopped one does without.
  setFlagsFromString("--no-wasm-dynamic-tiering");
  const port = parentPort!;
  port.once("message", (data: ExecutorData) =>
    new Executor(data, (message) => port.postMessage(message)).run(data.unsettled),
  );
}

function supervise(thread: Worker): void {
  // A terminal's Ctrl-C and a container's stop reach the whole group; the server decides when a stub ends.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => {});
  let args: StubArguments;
  let logger: Logger = new StderrLogger("triton_wasm_stub");
  // Node itself would print the program's only line, which is as long as the program.
  process.on("uncaughtException", (error) => {
    logger.log(LOG_LEVEL.error, `this process ends after an error of its own: ${messageOf(error)}`);
    exitProcess(1);
  });
  try {
    args = parseArguments(process.argv.slice(2));
    logger = new StderrLogger(logNameOf(args));
    const variables = ceilingVariables(process.env);
    forgetServer();
    start(args, logger, thread, variables);
  } catch (error) {
    logger.log(LOG_LEVEL.error, messageOf(error));
    exitProcess(1);
  }
}

/** @param variables of the server's environment that set ceilings */
function start(
  args: StubArguments,
  logger: Logger,
  thread: Worker,
  variables: ReadonlyMap<string, string>,
): void {
  const { fd, refusal } = openRegion(args);
  const region = Region.map(fd, Math.min(sharedMemorySize(fd), REGION_MAX_BYTES));
  if (refusal !== undefined) refuse(region, args, logger, refusal);
  const backendFolder = dirname(ENTRY);
  let connection: Connection;
  let server: ServerRelease;
  let serverVerbose: boolean;
  let serverFolder: ServerFolder;
  let hardening: Hardening;
  let files: ModelFiles;
  let ceilings: Ceilings;
  try {
    server = detectRelease(args, backendFolder);
    requireLaunchOf(server.release, args);
    const mode = hardeningMode(backendFolder);
    ceilings = readCeilings(variables, join(backendFolder, LIMITS_FILE));
    connection = new Connection(
      {
        region: region.share(),
        core: new WebAssembly.Module(readFileSync(join(backendFolder, "core.wasm"))),
        release: server.release,
        growthBytes: args.growthBytes,
        controlHandle: args.controlHandle,
        ledger: new Ledger().buffer,
        slots: new Slots().buffer,
        emergencyAnswer: 0,
        instanceName: args.name,
      },
      region,
    );
    connection.heap.requireKnownParent();
    // What is read of the server's process is read before the walls stand.
    serverVerbose = isServerVerbose(args.pid);
    serverFolder = new ServerFolder(args.pid);
    files = openModelFiles(args.modelFile, backendFolder);
    hardening = hardenProcess(mode, pathRules(backendFolder, serverFolder.path));
  } catch (error) {
    refuse(region, args, logger, messageOf(error));
  }
  new Supervisor(
    {
      args,
      connection,
      files,
      logger,
      server,
      hardening,
      ceilings,
      serverFolder,
      serverVerbose,
    },
    thread,
  );
}

function refuse(region: Region, args: StubArguments, logger: Logger, sentence: string): never {
  logger.log(LOG_LEVEL.error, sentence);
  return new Refusal(region, args, sentence).run();
}
