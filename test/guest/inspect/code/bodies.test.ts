import { readFileSync } from "node:fs";
import { inspectModule } from "../../../../host/guest/inspect/inspect.js";
import { SMALL_CODE } from "../../../../host/limits.js";
import { codeModule } from "../../../support/wasm/code-shapes.js";
import {
  type Bytes,
  binary,
  leb128,
  MEMORY,
  moduleOf,
  section,
  sized,
  times,
} from "../../../support/wasm/module-bytes.js";

const NOPS = times(SMALL_CODE.functionMaxBytes, 0x01);
/** Short bodies are read by another loop than long ones; both must say the same. */
const LENGTHS: readonly (readonly [title: string, more: Bytes])[] = [
  ["in a short body", []],
  ["in a long body", NOPS],
];

test.each([
  [0x14, "a call of a typed function reference (0x14)"],
  [0x15, "a call of a typed function reference (0x15)"],
  [0xd3, "ref.eq (garbage collection) (0xd3)"],
  [0xd5, "an instruction of typed function references (0xd5)"],
  [0xe0, "an instruction of stack switching (0xe0)"],
  [0xfa, "an instruction of asm.js (0xfa)"],
  [0xfb, "an instruction of garbage collection or string references (0xfb)"],
])("finding 28: instruction %d is refused by its feature, %s", (code, feature) => {
  for (const [, more] of LENGTHS) {
    expect(() => inspectModule(codeModule([{ code: [more, code, 0, 0] }]))).toThrow(
      expect.objectContaining({
        code: "ERR_MODEL_INVALID",
        details: { feature, section: "code section", offset: expect.any(Number) },
      }),
    );
  }
});

test.each([
  [[0xfc, 0x13], "an instruction of wide arithmetic (0xfc 0x13)"],
  [[0xfd, leb128(0x120)], "an instruction of half-precision vectors (0xfd 0x120)"],
  [[0xfe, 0x4f], "an instruction of shared-everything threads (0xfe 0x4f)"],
])("an instruction of two parts is refused by its feature", (code, feature) => {
  for (const [, more] of LENGTHS) {
    expect(() => inspectModule(codeModule([{ code: [more, code] }]))).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ feature }) }),
    );
  }
});

test.each<readonly [problem: string, code: Bytes]>([
  ["unknown instruction 0x27", 0x27],
  ["unknown instruction 0xff", 0xff],
  ["unknown instruction 0xfc 0x12", [0xfc, 0x12]],
  ["unknown instruction 0xfd 0x9a", [0xfd, leb128(0x9a)]],
  ["unknown instruction 0xfe 0x4", [0xfe, 4]],
  ["function index 1 is out of range (count 1)", [NOPS, 0x10, 1]],
  ["type index 2 is out of range (count 2)", [NOPS, 0x41, 0, 0x11, 2, 0]],
  ["tag index 1 is out of range (count 1)", [0x06, 0x40, 0x07, 1, 0x0b]],
  ["type 2 of a block is out of range (count 2)", [0x02, 2, 0x0b]],
  ["unknown value type 0x41", [0x02, 0x41, 0x0b]],
  ["0x4 is not a kind of catch clause", [0x02, 0x40, 0x1f, 0x40, 1, 4, 0, 0x0b, 0x0b]],
  [
    "an operand is not a 32-bit number",
    [NOPS, 0x02, 0x40, 0x0c, 0x80, 0x80, 0x80, 0x80, 0x80, 0, 0x0b],
  ],
  ["a function body continues after its end", [NOPS, 0x0b]],
  ["a function body ends in the middle of its code", [NOPS, 0x02, 0x40]],
])("'%s' is a malformed body", (problem, code) => {
  const bytes = codeModule([{ code }]);
  expect(() => inspectModule(bytes)).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      details: { problem, section: "code section", offset: expect.any(Number) },
    }),
  );
  expect(WebAssembly.validate(bytes)).toBe(false);
});

test("the error for a type in a body names it as the error for a declaration does", () => {
  const withLocal = (type: Bytes) =>
    binary(
      section(1, 1, 0x60, 0, 0),
      section(3, 1, 0),
      section(5, 1, 0, 1),
      section(7, 1, "memory", 2, 0),
      section(10, 1, sized(1, 1, type, 0x0b)),
    );
  for (const bytes of [
    withLocal(0x6e),
    codeModule([{ code: [0x02, 0x6e, 0x00, 0x0b, 0x1a] }]),
    codeModule([{ code: [0x00, 0x1c, 1, 0x6e, 0x1a] }]),
  ]) {
    expect(() => inspectModule(bytes)).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ feature: "the reference type anyref" }),
      }),
    );
  }
});

/** Instructions of every family that the engine of models takes. */
const FAMILIES: readonly (readonly [family: string, text: string])[] = [
  ["the first version", "(drop (i32.add (i32.load offset=300 (i32.const 4)) (i32.const 1)))"],
  ["sign extension", "(drop (i32.extend8_s (i32.const 1)))"],
  ["saturating conversions", "(drop (i32.trunc_sat_f64_u (f64.const 1)))"],
  ["multi-value", "(block (result i32 i64) (i32.const 1) (i64.const 2)) (drop) (drop)"],
  ["bulk memory", "(memory.fill (i32.const 0) (i32.const 0) (i32.const 1))"],
  ["reference types", "(table.set $t (i32.const 0) (ref.null func))"],
  [
    "vectors",
    "(drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (v128.const i64x2 1 2) (v128.const i64x2 1 2)))",
  ],
  [
    "relaxed vectors",
    "(drop (f32x4.relaxed_madd (v128.const i64x2 1 2) (v128.const i64x2 1 2) (v128.const i64x2 1 2)))",
  ],
  ["tail calls", "(return_call $f)"],
  ["tail calls of a table", "(return_call_indirect $t (i32.const 0))"],
  ["atomics", "(drop (i32.atomic.rmw.cmpxchg (i32.const 0) (i32.const 0) (i32.const 0)))"],
  [
    "legacy exceptions",
    "(try (do (try (do (throw $e)) (delegate 0))) (catch $e (rethrow 0)) (catch_all))",
  ],
  ["the standard's exceptions", "(block (try_table (catch $e 0) (catch_all 0) (throw $e)))"],
  [
    "exceptions by reference",
    "(block $l (result exnref) (try_table (catch_all_ref $l) (call $f)) (return)) (throw_ref)",
  ],
];

test.each(FAMILIES)("instructions of %s are taken", (_family, text) => {
  for (const long of [false, true]) {
    const nops = long ? "(nop) ".repeat(SMALL_CODE.functionMaxBytes) : "";
    const bytes = moduleOf(
      `${MEMORY} (table $t 1 funcref) (tag $e) (func $f ${nops} ${text}) (export "f" (func $f))`,
    );
    expect(inspectModule(bytes)).toMatchObject({ functionCount: 1 });
  }
});

test("finding 28: exnref is accepted in types, locals, globals, blocks and select, where only few can exist", () => {
  const bytes = moduleOf(`${MEMORY} (tag $e (param i32))
    (type $unused (func (param exnref) (result exnref exnref)))
    (global (mut exnref) (ref.null exn))
    (func (export "f") (param exnref) (result exnref) (local exnref)
      (local.set 1 (block (result exnref) (local.get 0)))
      (select (result exnref) (local.get 0) (local.get 1) (i32.const 1)))`);
  expect(inspectModule(bytes)).toMatchObject({
    types: expect.arrayContaining(["e->e"]),
    globalCount: 1,
  });
});

test("a body cut off anywhere is refused, here or by V8, and nothing beyond it is read", () => {
  const code = new Uint8Array(
    readFileSync(new URL("../../../../dist/wasm/identity.wasm", import.meta.url)),
  );
  const { sections } = inspectModule(code);
  const { contents, end } = sections.find(({ id }) => id === 10)!;
  const whole = [...code.subarray(contents + 4, Math.min(end, contents + 600))];
  for (let cut = 0; cut < whole.length; cut++) {
    const bytes = codeModule([{ code: [NOPS, whole.slice(0, cut)] }, { code: times(9, 0x80) }]);
    try {
      inspectModule(bytes);
    } catch (error) {
      expect((error as { code: string }).code).toBe("ERR_MODEL_INVALID");
      continue;
    }
    expect({ cut, valid: WebAssembly.validate(bytes) }).toEqual({ cut, valid: false });
  }
});
