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
  const script = new Script(readFileSync(filename, "latin1"), {
    filename,
    cachedData: readCodeCache(),
  });
  const module = { exports: {} as Program };
  script.runInThisContext()(module, createRequire(ENTRY));
  return module.exports;
}

/** Without it, and with that of another node, the program starts all the same, a little later. */
function readCodeCache(): Buffer | undefined {
  try {
    return readFileSync(join(folder, CODE_CACHE_FILE));
  } catch {
    return undefined;
  }
}

boot();
