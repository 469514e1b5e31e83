import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { compileGuestModule } from "../../../../host/guest/module.js";

/**
 * Compiles a guest as the executor does and calls it once. The process's flags make V8 print which compiler made which function. The
 * optimising compiler works in the background, so the process lives until the end of its standard input. It prints nothing itself: V8 does so from
 * several threads, and text of this process could come into the middle of a line.
 */
setFlagsFromString("--no-wasm-dynamic-tiering");
const bytes = new Uint8Array(readFileSync(process.argv[2]!));
const { module } = compileGuestModule(bytes, { memoryMaxPages: 16, tableMaxEntries: 16 });
const { exports } = new WebAssembly.Instance(module);
const returned = (exports.triton_execute as () => number)();
if (returned !== 0) throw new Error(`The guest returned ${returned}.`);
process.stdin.resume();
