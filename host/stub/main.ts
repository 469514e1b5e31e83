import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../errors.js";
import { exitProcess } from "../libc/process.js";
import { sharedMemorySize } from "../libc/shm.js";
import { REGION_MAX_BYTES } from "../limits.js";
import { Ledger } from "../shm/ledger.js";
import { Region } from "../shm/region.js";
import { LOG_LEVEL } from "../wire/datatypes.js";
import { detectRelease } from "../wire/release/detect.js";
import { parseArguments, type StubArguments } from "./arguments.js";
import { Connection } from "./connection.js";
import { Executor, type ExecutorData } from "./executor.js";
import { type Logger, StderrLogger } from "./logger.js";
import { openRegion } from "./open-region.js";
import { Refusal } from "./refusal.js";
import { Slots } from "./slots.js";
import { Supervisor } from "./supervisor.js";

const program = process.argv[1]!;

if (isMainThread) supervise();
else {
  new Executor(workerData as ExecutorData, (message) => parentPort!.postMessage(message)).run();
}

function supervise(): void {
  // A terminal's Ctrl-C and a container's stop reach the whole group; the server decides when a stub ends.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => {});
  let args: StubArguments;
  let logger: Logger = new StderrLogger("triton_wasm_stub");
  try {
    args = parseArguments(process.argv.slice(2));
    logger = new StderrLogger(args.name);
    start(args, logger);
  } catch (error) {
    logger.log(LOG_LEVEL.error, messageOf(error));
    exitProcess(1);
  }
}

function start(args: StubArguments, logger: Logger): void {
  const { fd, refusal } = openRegion(args);
  const region = Region.map(fd, Math.min(sharedMemorySize(fd), REGION_MAX_BYTES));
  if (refusal !== undefined) refuse(region, args, logger, refusal);
  const backendFolder = dirname(program);
  let connection: Connection;
  try {
    connection = new Connection(
      {
        region: region.share(),
        core: new WebAssembly.Module(readFileSync(join(backendFolder, "core.wasm"))),
        release: detectRelease(args),
        growthBytes: args.growthBytes,
        controlHandle: args.controlHandle,
        ledger: new Ledger().buffer,
        slots: new Slots().buffer,
        emergencyAnswer: 0,
      },
      region,
    );
  } catch (error) {
    refuse(region, args, logger, messageOf(error));
  }
  new Supervisor(args, connection, backendFolder, logger, program);
}

function refuse(region: Region, args: StubArguments, logger: Logger, sentence: string): never {
  logger.log(LOG_LEVEL.error, sentence);
  return new Refusal(region, args, sentence).run();
}
