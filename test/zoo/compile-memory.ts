import { readFileSync, writeFileSync } from "node:fs";
import type { StubError } from "../../host/errors.js";
import { inspectModule } from "../../host/guest/inspect/inspect.js";
import { largestTaken, SHAPES } from "../support/wasm/code-shapes.js";

const KIB = 1024;

/** Of this process, in bytes. */
function memory(kind: "VmHWM" | "VmRSS"): number {
  const status = readFileSync("/proc/self/status", "latin1");
  return Number(new RegExp(`${kind}:\\s+(\\d+)`).exec(status)![1]) * KIB;
}

/** @returns by how many bytes this process grew at most meanwhile */
function growthOf(action: () => void): number {
  // Sets the greatest size so far to the present one.
  writeFileSync("/proc/self/clear_refs", "5");
  const before = memory("VmRSS");
  action();
  return memory("VmHWM") - before;
}

/** What the inspection says of a module: its estimate, or its refusal. */
function verdict(bytes: Uint8Array): {
  taken: boolean;
  estimate?: number;
  message?: string;
  details?: object;
} {
  try {
    return { taken: true, estimate: inspectModule(bytes).largestCompileBytes };
  } catch (error) {
    const { message, details } = error as StubError;
    return { taken: false, message, details };
  }
}

function firstCall(module: WebAssembly.Module): void {
  try {
    const { exports } = new WebAssembly.Instance(module);
    (exports.triton_execute as () => number)();
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
  }
}

/** The largest module of each shape that is taken: what it takes to be validated and at its first call, and what refuses the next one. */
for (const shape of SHAPES) {
  const count = largestTaken(shape, (bytes) => verdict(bytes).taken);
  const bytes = shape.build(count);
  let module: WebAssembly.Module;
  const validated = growthOf(() => {
    module = new WebAssembly.Module(bytes);
  });
  const called = growthOf(() => firstCall(module));
  const { estimate } = verdict(bytes);
  const next = verdict(shape.build(count + 1));
  process.stdout.write(
    `${JSON.stringify({ what: shape.what, count, estimate, validated, called, next })}\n`,
  );
}
