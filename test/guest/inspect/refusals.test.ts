import { inspectModule } from "../../../host/guest/inspect/inspect.js";
import { assemble } from "../../support/wasm/assemble.js";
import { binary, MEMORY, section } from "../../support/wasm/module-bytes.js";

test.each([
  ["a shared memory (threads)", `(memory (export "memory") 1 2 shared)`],
  ["a 64-bit memory (memory64)", `(memory (export "memory") i64 1)`],
  ["a 64-bit table (memory64)", `${MEMORY} (table i64 1 funcref)`],
  ["2 memories", `${MEMORY} (memory 1)`],
  ["no memory", "(func)"],
  ["no exported memory", "(memory 1)"],
  [
    "its memory exported under another name",
    `(memory (export "mem") 1) (func (export "memory"))`,
    /: export 'mem' as 'memory'$/,
  ],
  [
    "an imported memory",
    `(import "env" "memory" (memory 1)) (export "memory" (memory 0))`,
    /: define 'env.memory' in the module and export it as 'memory' \(/,
  ],
  [
    "an imported table",
    `(import "env" "t" (table 1 funcref)) ${MEMORY}`,
    /: define 'env.t' in the module \(/,
  ],
  ["an imported global", `(import "env" "g" (global i32)) ${MEMORY}`],
  ["an imported tag", `(import "env" "tag" (tag)) ${MEMORY}`],
  [
    "a struct type (garbage collection)",
    `${MEMORY} (type (struct)) (global (ref null 0) (ref.null 0))`,
  ],
  [
    "an array type (garbage collection)",
    `${MEMORY} (type (array i8)) (global (ref null 0) (ref.null 0))`,
  ],
  [
    "a subtype (garbage collection)",
    `${MEMORY} (type (sub (struct))) (global (ref null 0) (ref.null 0))`,
  ],
  [
    "a group of recursive types (garbage collection)",
    `${MEMORY} (rec (type $a (func)) (type (func (param (ref null $a))))) (global (ref null 1) (ref.null 1))`,
  ],
  ["the reference type anyref", `${MEMORY} (table 1 anyref)`],
  ["elements of the type exnref", `${MEMORY} (table 1 exnref)`, /: keep caught exceptions in /],
  [
    "an exception tag with a value of the type exnref",
    `${MEMORY} (tag (param i32 exnref))`,
    /: throw numbers: .* an endless chain /,
  ],
  ["the reference type ref null", `${MEMORY} (type $f (func)) (table 1 (ref null $f))`],
  ["the reference type i31ref", `${MEMORY} (global i31ref (ref.i31 (i32.const 1)))`],
  [
    "a null reference of another type than funcref, externref and exnref",
    `${MEMORY} (global externref (ref.null noextern))`,
  ],
])("%s is refused by this name, with where and what to do", (feature, text, message = /: \w+ /) => {
  const bytes = assemble(`(module ${text})`);
  expect(() => inspectModule(bytes)).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      details: { feature, offset: expect.any(Number), section: expect.any(String) },
      message: expect.stringMatching(message),
    }),
  );
  expect(() => inspectModule(bytes)).toThrow(`the module has ${feature} at byte `);
});

test.each([
  ["a memory with a custom page size", [section(5, 1, 8, 1, 0)]],
  ["a shared table (threads)", [section(4, 1, 0x70, 3, 1, 1)]],
  ["elements that are not references", [section(4, 1, 0x7f, 0, 1)]],
  ["elements that are not references", [section(9, 1, 5, 0x7f, 0)]],
  ["elements of the type exnref", [section(9, 1, 5, 0x69, 0)]],
  ["a continuation type (stack switching)", [section(1, 1, 0x5d, 0)]],
  ["a final subtype (garbage collection)", [section(1, 1, 0x4f, 0, 0x60, 0, 0)]],
  ["an object of garbage collection", [section(6, 1, 0x7f, 0, 0x41, 1, 0xfb, 0x1c, 0x1a, 0x0b)]],
  ["the reference type ref", [section(1, 1, 0x60, 1, 0x64, 0x70, 0)]],
])("%s is refused, which no assembler writes", (feature, sections) => {
  expect(() => inspectModule(binary(...sections))).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      details: expect.objectContaining({ feature }),
    }),
  );
});
