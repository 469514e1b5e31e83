import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { isMainThread } from "node:worker_threads";
import { messageOf } from "../errors.js";
import { closeInheritedDescriptors } from "../sandbox/inherited-descriptors.js";
import { LOG_LEVEL } from "../wire/datatypes.js";
import { StderrLogger } from "./logger.js";
import type { run } from "./main.js";
import { ENTRY, startThread } from "./thread.js";

/** As scripts/package-backends.mjs names them. */
const PROGRAM_FILE = "stub.cjs";
const CODE_CACHE_FILE = "stub.cache";

const folder = dirname(ENTRY);

function boot(): void {
  if (!isMainThread) {
    loadProgram().run(undefined);
    return;
  }
  // Before any thread, which opens descriptors of its own.
  closeInheritedDescriptors();
  // A thread takes longer to start than all the rest, so it does while the program is loaded here; it is told what to do when
  // that is known.
  const thread = startThread();
  let program: ReturnType<typeof loadProgram>;
  try {
    program = loadProgram();
  } catch (error) {
    const [reason] = messageOf(error).split("\n");
    new StderrLogger("boot").log(
      LOG_LEVEL.error,
      `the backend's folder ${folder} is incomplete or damaged (${reason}): copy it anew, with all its files`,
    );
    process.exit(1);
  }
  program.run(thread);
}

/** The bundle of main.ts, a function expression, with the code that V8 has made of it when it was packaged. */
function loadProgram(): { readonly run: typeof run } {
  const filename = join(folder, PROGRAM_FILE);
  const script = new Script(readFileSync(filename, "latin1"), {
    filename,
    cachedData: readFileSync(join(folder, CODE_CACHE_FILE)),
  });
  const module = { exports: {} as { readonly run: typeof run } };
  script.runInThisContext()(module, createRequire(ENTRY));
  return module.exports;
}

boot();
