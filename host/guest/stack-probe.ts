import { instantiate } from "./instantiate.js";

/** Locals of 8 bytes that the probe keeps: its frame is what it asks the stack for. */
const LOCALS = 1_000;
const I32 = 0x7f;
const I64 = 0x7e;
/** Frames of the probe, one in the other: V8 compiles no function with less than 40 KiB of stack left, and a host function may be new. */
const FRAMES = 7;
const EMPTY_BLOCK = 0x40;
const END = 0x0b;

/**
 * A function that throws a RangeError unless the stack has some 56 KiB left. A guest that has used up the stack thus overflows it
 * where nothing has been done yet, and not in the middle of a host function: that could leave a mutex of the region
 * locked.
 *
 * V8 checks the whole frame of a WebAssembly function on entry, so this one has a big frame and does nothing: 20 ns
 * where a recursion of as many bytes takes 200 (times of one frame). The locals are live across a call, in a branch that is never taken; else the compiler drops them.
 */
export function createStackProbe(): () => void {
  const module = new WebAssembly.Module(probeModule());
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

/**
 * `(func $probe (export "probe") (param i32)
 *   (if (i32.lt_s (local.get 0) (i32.const 0)) (then <load all> (call $never) <store all>))
 *   (if (local.get 0) (then (call $probe (i32.sub (local.get 0) (i32.const 1))))))`
 */
function probeModule(): Uint8Array<ArrayBuffer> {
  const body = Buffer.concat([
    Uint8Array.of(1, ...leb(LOCALS), I64, 0x20, 0, 0x41, 0, 0x48, 0x04, EMPTY_BLOCK),
    forEachLocal([0x41, 0, 0x29, 3, 0, 0, 0x21, 0, 0], 4, 7),
    Uint8Array.of(0x10, 0),
    forEachLocal([0x41, 0, 0x20, 0, 0, 0x37, 3, 0, 0], 7, 3),
    Uint8Array.of(END, 0x20, 0, 0x04, EMPTY_BLOCK, 0x20, 0, 0x41, 1, 0x6b, 0x10, 1, END, END),
  ]);
  const code = Buffer.concat([Uint8Array.of(1, ...leb(body.length)), body]);
  return new Uint8Array(
    Buffer.concat([
      Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
      section(1, [2, 0x60, 0, 0, 0x60, 1, I32, 0]),
      section(2, [1, ...name("probe"), ...name("never"), 0, 0]),
      section(3, [1, 1]),
      section(5, [1, 0, 1]),
      section(7, [1, ...name("probe"), 0, 1]),
      section(10, code),
    ]),
  );
}

/**
 * The code for each local in turn, with its address and its number put into two places. As bytes throughout: this runs while
 * a server waits for its instance, and arrays of numbers would take 12 ms.
 */
function forEachLocal(code: readonly number[], addressAt: number, localAt: number): Uint8Array {
  const all = new Uint8Array(code.length * LOCALS);
  for (let local = 1, at = 0; local <= LOCALS; local++, at += code.length) {
    all.set(code, at);
    putShort(all, at + addressAt, local * 8);
    putShort(all, at + localAt, local);
  }
  return all;
}

/** LEB128 in two bytes, of a number below 16,384. */
function putShort(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = (value & 0x7f) | 0x80;
  bytes[at + 1] = value >> 7;
}

function section(id: number, content: ArrayLike<number>): Uint8Array {
  return Buffer.concat([Uint8Array.of(id, ...leb(content.length)), Uint8Array.from(content)]);
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text)];
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}
