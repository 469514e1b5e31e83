import binaryen from "binaryen";

/** What every module needs. */
export const MEMORY = `(memory (export "memory") 1)`;

/** A module with every section that WebAssembly 2 and exceptions know, a memory and three tables. */
const EVERY_SECTION = `(module
  (import "triton_v0" "log" (func $log (param i32 i32 i32) (result i32)))
  (import "triton_v0" "counter_add" (func $add (param i32 f64) (result i32)))
  (memory (export "memory") 2 10)
  (table $functions (export "functions") 3 funcref)
  (table $hosts 1 5 externref)
  (table $more 0 funcref)
  (tag $thrown (export "thrown") (param i32 i64))
  (global $counter (export "counter") (mut i64) (i64.const -5000000000))
  (global (export "vector") v128 (v128.const i64x2 1 2))
  (global funcref (ref.func $log))
  (global externref (ref.null extern))
  (global f32 (f32.const 1.5))
  (elem (i32.const 1) $many $start)
  (elem (table $more) (offset (i32.const 0)) funcref)
  (data (i32.const 16) "active")
  (data $passive "passive")
  (func $start)
  (start $start)
  (func (export "declared") (result funcref) (ref.func $add))
  (func $many (export "many") (param i32 i64 f32 f64 v128 funcref externref) (result i64 externref)
    (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 1))
    (tuple.make 2 (i64.const 1) (local.get 6)))
  (func (export "grow_memory") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "grow_functions") (param i32) (result i32) (table.grow $functions (ref.null func) (local.get 0)))
  (func (export "grow_hosts") (param i32) (result i32) (table.grow $hosts (ref.null extern) (local.get 0)))
  (func (export "grow_more") (param i32) (result i32) (table.grow $more (ref.null func) (local.get 0))))`;

/** Without garbage collection, for which the assembler writes null references in types of their own. */
const { All, GC } = binaryen.Features;

/** {@link EVERY_SECTION} as bytes, with the names of functions. */
export function everySection(): Uint8Array<ArrayBuffer> {
  return assemblePlain(EVERY_SECTION);
}

/** Assembles a module of these fields. */
export function moduleOf(...fields: string[]): Uint8Array<ArrayBuffer> {
  return assemblePlain(`(module ${fields.join(" ")})`);
}

function assemblePlain(text: string): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(text);
  try {
    binaryen.setDebugInfo(true);
    module.setFeatures(All & ~GC);
    return new Uint8Array(module.emitBinary());
  } finally {
    module.dispose();
  }
}

/** Numbers are bytes, a text is a name with its length before it. */
export type Bytes = number | string | Uint8Array | readonly Bytes[];

/** One section: its number, its size and its contents. */
export function section(id: number, ...contents: Bytes[]): Uint8Array {
  return flat([id, sized(contents)]);
}

/** Contents, with their size before them: a section's, or a function's body. */
export function sized(...contents: Bytes[]): Uint8Array {
  const bytes = flat(contents);
  return flat([leb128(bytes.length), bytes]);
}

/** A module of these sections. */
export function binary(...sections: Bytes[]): Uint8Array<ArrayBuffer> {
  return flat([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, sections]);
}

/** The shortest unsigned LEB128. */
export function leb128(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) | 0x80, ...leb128(Math.floor(value / 0x80))];
}

/** `count` times the same bytes. */
export function times(count: number, ...bytes: Bytes[]): Uint8Array {
  const once = flat(bytes);
  const result = new Uint8Array(count * once.length);
  if (count > 0) result.set(once);
  for (let filled = once.length; filled < result.length; filled *= 2) {
    result.copyWithin(filled, 0, filled);
  }
  return result;
}

/** Measures, then writes: a module of a test may have millions of bytes. */
function flat(bytes: Bytes): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(lengthOf(bytes));
  write(bytes, result, 0);
  return result;
}

function lengthOf(bytes: Bytes): number {
  if (typeof bytes === "number") return 1;
  if (typeof bytes === "string") return lengthOf(named(bytes));
  if (bytes instanceof Uint8Array) return bytes.length;
  return bytes.reduce<number>((sum, part) => sum + lengthOf(part), 0);
}

/** @returns the offset behind the bytes */
function write(bytes: Bytes, to: Uint8Array, at: number): number {
  if (typeof bytes === "number") {
    to[at] = bytes;
    return at + 1;
  }
  if (typeof bytes === "string") return write(named(bytes), to, at);
  if (bytes instanceof Uint8Array) {
    to.set(bytes, at);
    return at + bytes.length;
  }
  return bytes.reduce<number>((next, part) => write(part, to, next), at);
}

function named(name: string): Bytes {
  const encoded = new TextEncoder().encode(name);
  return [leb128(encoded.length), encoded];
}
