import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { isMainThread } from "node:worker_threads";
import { closeInheritedDescriptors } from "../sandbox/inherited-descriptors.js";
import type { run } from "./main.js";
import { ENTRY, startThread } from "./thread.js";

/** As scripts/package-backends.mjs names them. */
const PROGRAM_FILE = "stub.cjs";
const CODE_CACHE_FILE = "stub.cache";

const folder = dirname(ENTRY);

function boot(): void {
  // Before any thread, which opens descriptors of its own.
  if (isMainThread) closeInheritedDescriptors();
  // A thread takes longer to start than all the rest, so it does while the program is loaded here; it is told what to do when
  // that is known.
  const thread = isMainThread ? startThread() : undefined;
  loadProgram().run(thread);
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
