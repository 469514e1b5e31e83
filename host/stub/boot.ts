import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { messageOf } from "../errors.js";
import { printable } from "../text.js";
import type { run } from "./main.js";

/** The file names of scripts/package-backends.mjs. */
const PROGRAM_FILE = "stub.cjs";
const CODE_CACHE_FILE = "stub.cache";
/** Both files end with the same fingerprint, which shows that they belong together. */
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
    // The guard reports this line as the reason. Node itself would print the whole program before the stack.
    const [reason] = messageOf(error).split("\n", 1);
    writeSync(STANDARD_ERROR, `${printable(reason!)}\n`);
    process.exit(1);
  }
}

/** Loads the bundle of main.ts, which is a function expression, with V8's code cache from the time of packaging. */
function loadProgram(): Program {
  const filename = join(folder, PROGRAM_FILE);
  const source = readFileSync(filename, "latin1");
  const cachedData = readCodeCache(source.slice(-FINGERPRINT_LENGTH));
  const script = new Script(source, { filename, cachedData });
  const module = { exports: {} as Program };
  script.runInThisContext()(module, createRequire(entry));
  return module.exports;
}

/** @returns undefined when the cache is missing or belongs to another program. The program then starts a little later */
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
