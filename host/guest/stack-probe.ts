import { instantiate } from "./instantiate.js";
import { STACK_PROBE_MODULE } from "./stack-probe-module.js";

/** Nested frames of the probe. V8 needs 40 KiB of stack to compile a function, and a host function may not be compiled yet. */
const FRAMES = 7;

/**
 * Creates a function that throws a RangeError unless about 56 KiB of stack are left. A guest that has used up the stack then overflows it
 * before a host function has done anything. An overflow in the middle of a host function could leave a mutex of the region locked.
 *
 * V8 checks the whole frame of a WebAssembly function on entry. So the probe has a large frame and does nothing: this takes 20 ns, and a
 * recursion over as many bytes 200 ns (for one frame). scripts/stack-probe.mjs has its source.
 */
export function createStackProbe(): () => void {
  const module = new WebAssembly.Module(Buffer.from(STACK_PROBE_MODULE, "base64"));
  const imports = { probe: { never() {} } };
  const { exports } = instantiate(module, imports, "one page of memory for the probe of its stack");
  const probe = exports.probe as (taken: number) => void;
  return function requireStack() {
    try {
      probe(FRAMES - 1);
    } catch (error) {
      // The engine keeps ten frames. Without this, frames of the probe would displace frames of the guest.
      Error.captureStackTrace(error as RangeError, requireStack);
      throw error;
    }
  };
}
