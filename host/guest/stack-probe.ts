/** Locals of 8 bytes that the probe keeps: its frame is what it asks the stack for. */
const LOCALS = 1_000;
const I32 = 0x7f;
const I64 = 0x7e;
const EMPTY_BLOCK = 0x40;
const END = 0x0b;

/**
 * A function that throws a RangeError unless the stack has some 8 KiB left. A guest that has used up the stack thus overflows it
 * where nothing has been done yet, and not in the middle of a host function: that could leave a mutex of the region
 * locked, or the gate open.
 *
 * V8 checks the whole frame of a WebAssembly function on entry, so this one has a big frame and does nothing: 20 ns
 * where a recursion of as many bytes takes 200. The locals are live across a call, in a branch that is never taken; else the compiler drops them.
 */
export function createStackProbe(): () => void {
  const module = new WebAssembly.Module(probeModule());
  const probe = new WebAssembly.Instance(module, { probe: { never() {} } }).exports.probe as (
    taken: number,
  ) => void;
  return () => probe(0);
}

/** `(func (export "probe") (param i32) (if (local.get 0) (then <load all> (call $never) <store all>)))` */
function probeModule(): Uint8Array<ArrayBuffer> {
  const locals = Array.from({ length: LOCALS }, (_, index) => index + 1);
  const load = (local: number) => [
    [0x41, 0, 0x29, 3, ...leb(local * 8)],
    [0x21, ...leb(local)],
  ];
  const store = (local: number) => [
    [0x41, 0, 0x20, ...leb(local)],
    [0x37, 3, ...leb(local * 8)],
  ];
  const body = [
    [1, ...leb(LOCALS), I64],
    [0x20, 0, 0x04, EMPTY_BLOCK],
    ...locals.flatMap(load),
    [0x10, 0],
    ...locals.flatMap(store),
    [END, END],
  ].flat();
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, 0x60, 0, 0, 0x60, 1, I32, 0]),
    ...section(2, [1, ...name("probe"), ...name("never"), 0, 0]),
    ...section(3, [1, 1]),
    ...section(5, [1, 0, 1]),
    ...section(7, [1, ...name("probe"), 0, 1]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...Buffer.from(text)];
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}
