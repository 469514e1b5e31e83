import { Worker } from "node:worker_threads";
import { EXECUTOR_HEAP_MAX_MIB } from "../limits.js";

/** The file that the process and each of its threads begin with. */
export const ENTRY = process.argv[1]!;

/** A thread of this program that waits for its `ExecutorData`. The server's environment is no business of one that runs guests. */
export function startThread(): Worker {
  return new Worker(ENTRY, {
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: EXECUTOR_HEAP_MAX_MIB },
  });
}
