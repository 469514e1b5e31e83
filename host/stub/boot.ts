import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { messageOf } from "../errors.js";
import { printable } from "../text.js";
import type { run } from "./main.js";

/** As scripts/package-backends.mjs names them. */
const PROGRAM_FILE = "stub.cjs";
const CODE_CACHE_FILE = "stub.cache";
/** With which both end, so that they are known to belong together. */
const FINGERPRINT_LENGTH = 64;
const STANDARD_ERROR = 2;

const entry = process.argv[1]!;
const folder = dirname(entry);

interface Program {
  readonly run: typeof run;
}

function boot(): void {
  try {
    const [launchFd, goFd] = process.argv.slice(2).map(Number);
    loadProgram().run(launchFd!, goFd!);
  } catch (error) {
    // The guard takes it for the reason. Left alone, Node would print the whole program in front of a stack.
    const [reason] = messageOf(error).split("\n", 1);
    writeSync(STANDARD_ERROR, `${printable(reason!)}\n`);
    process.exit(1);
  }
}

/** The bundle of main.ts, a function expression, with the code that V8 has made of it when it was packaged. */
function loadProgram(): Program {
  const filename = join(folder, PROGRAM_FILE);
  const source = readFileSync(filename, "latin1");
  const cachedData = readCodeCache(source.slice(-FINGERPRINT_LENGTH));
  const script = new Script(source, { filename, cachedData });
  const module = { exports: {} as Program };
  script.runInThisContext()(module, createRequire(entry));
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
