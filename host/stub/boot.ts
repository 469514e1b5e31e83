import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { isMainThread, type Worker } from "node:worker_threads";
import { messageOf } from "../errors.js";
import { closeInheritedDescriptors } from "../sandbox/inherited-descriptors.js";
import { LOG_LEVEL } from "../wire/datatypes.js";
import type { run } from "./main.js";
import { StderrLogger } from "./stderr-logger.js";
import { ENTRY, startThread } from "./thread.js";

/** As scripts/package-backends.mjs names them. */
const PROGRAM_FILE = "stub.cjs";
const CODE_CACHE_FILE = "stub.cache";
/** With which both end, so that they are known to belong together. */
const FINGERPRINT_LENGTH = 64;

const folder = dirname(ENTRY);

interface Program {
  readonly run: typeof run;
}

function boot(): void {
  if (isMainThread) bootProcess();
  else loadProgram().run(undefined);
}

function bootProcess(): void {
  let program: Program;
  let thread: Worker;
  try {
    // Before any thread, which opens descriptors of its own.
    closeInheritedDescriptors();
    // A thread takes longer to start than all the rest, so it does while the program is loaded here; it is told what to do when
    // that is known.
    thread = startThread();
    program = loadProgram();
  } catch (error) {
    // Left alone, Node would print the whole program in front of a stack.
    const [reason] = messageOf(error).split("\n", 1);
    new StderrLogger("triton_wasm_stub").log(
      LOG_LEVEL.error,
      `the backend in ${folder} cannot be started: ${reason}; install it again`,
    );
    process.exit(1);
  }
  program.run(thread);
}

/** The bundle of main.ts, a function expression, with the code that V8 has made of it when it was packaged. */
function loadProgram(): Program {
  const filename = join(folder, PROGRAM_FILE);
  const source = readFileSync(filename, "latin1");
  const cachedData = readCodeCache(source.slice(-FINGERPRINT_LENGTH));
  const script = new Script(source, { filename, cachedData });
  const module = { exports: {} as Program };
  script.runInThisContext()(module, createRequire(ENTRY));
  return module.exports;
}

/** Without it, with that of another program or of another node, the program starts all the same, a little later. */
function readCodeCache(fingerprint: string): Buffer | undefined {
  try {
    const file = readFileSync(join(folder, CODE_CACHE_FILE));
    const end = file.length - FINGERPRINT_LENGTH;
    return file.toString("latin1", end) === fingerprint ? file.subarray(0, end) : undefined;
  } catch {
    return undefined;
  }
}

boot();
