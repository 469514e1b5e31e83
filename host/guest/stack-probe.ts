import { instantiate } from "./instantiate.js";
import { STACK_PROBE_MODULE } from "./stack-probe-module.js";

/** Frames of the probe, one in the other: V8 compiles no function with less than 40 KiB of stack left, and a host function may be new. */
const FRAMES = 7;

/**
 * A function that throws a RangeError unless the stack has some 56 KiB left. A guest that has used up the stack thus overflows it
 * where nothing has been done yet, and not in the middle of a host function: that could leave a mutex of the region
 * locked.
 *
 * V8 checks the whole frame of a WebAssembly function on entry, so this one has a big frame and does nothing: 20 ns
 * where a recursion of as many bytes takes 200 (times of one frame). scripts/stack-probe.mjs has its text.
 */
export function createStackProbe(): () => void {
  const module = new WebAssembly.Module(Buffer.from(STACK_PROBE_MODULE, "base64"));
  const imports = { probe: { never() {} } };
  const { exports } = instantiate(module, imports, "a page for a probe of its stack");
  const probe = exports.probe as (taken: number) => void;
  return function requireStack() {
    try {
      probe(FRAMES - 1);
    } catch (error) {
      // Its own frames would take the place of the guest's, of which the engine keeps ten.
      Error.captureStackTrace(error as RangeError, requireStack);
      throw error;
    }
  };
}
