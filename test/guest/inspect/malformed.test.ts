import { inspectModule } from "../../../host/guest/inspect/inspect.js";
import { type Bytes, binary, everySection, section } from "../../support/wasm/module-bytes.js";

const TYPE = section(1, 1, 0x60, 0, 0);
const MEMORY = section(5, 1, 0, 1);
/** Continuation bytes that make a number of zero longer. */
const LONG = [0x80, 0x80, 0x80, 0x80];

type Row = readonly [problem: string, place: string, sections: readonly Bytes[]];

test.each<Row>([
  ["it ends before the size of a section", "9 (file)", [1]],
  ["unknown section id 14", "8 (file)", [section(14)]],
  ["the memory section has 9 bytes, but only 2 are left", "10 (file)", [[5, 9, 1, 0]]],
  ["the memory section appears twice", "13 (file)", [MEMORY, MEMORY]],
  ["the type section appears after the memory section", "13 (file)", [MEMORY, TYPE]],
  [
    "the tag section appears after the global section",
    "11 (file)",
    [section(6, 0), section(13, 0)],
  ],
  [
    "the data count section appears after the code section",
    "11 (file)",
    [section(10, 0), section(12, 0)],
  ],
  ["1 bytes are left after its contents", "14 (type section)", [section(1, 1, 0x60, 0, 0, 7)]],
  [
    "4000 types do not fit in the 3 bytes left",
    "10 (type section)",
    [section(1, 0xa0, 0x1f, 0x60, 0, 0)],
  ],
  [
    "4294967295 exports do not fit in the 0 bytes left",
    "10 (export section)",
    [section(7, 0xff, 0xff, 0xff, 0xff, 0x0f)],
  ],
  ["the size of a section is not a 32-bit number", "9 (file)", [[1, LONG, 0x10]]],
  ["the size of a section is not a 32-bit number", "9 (file)", [[1, LONG, 0x80, 0]]],
  ["the number of types is not a 32-bit number", "10 (type section)", [section(1, LONG, 0x7f)]],
  ["it ends before the number of types", "12 (type section)", [section(1, 0x80, 0x80)]],
  [
    "a constant is not a 32-bit number",
    "19 (global section)",
    [MEMORY, section(6, 1, 0x7f, 0, 0x41, LONG, 0x10, 0x0b)],
  ],
  [
    "a constant is not a 64-bit number",
    "19 (global section)",
    [MEMORY, section(6, 1, 0x7e, 0, 0x42, LONG, LONG, 0x80, 0x01, 0x0b)],
  ],
  ["0x40 is not a form of a type", "11 (type section)", [section(1, 1, 0x40, 0)]],
  ["unknown value type 0x40", "13 (type section)", [section(1, 1, 0x60, 1, 0x40, 0)]],
  ["0x5 is not a kind of import", "11 (import section)", [section(2, 1, "m", "n", 5, 0)]],
  [
    "type index 1 is out of range (count 1)",
    "22 (import section)",
    [TYPE, section(2, 1, "m", "n", 0, 1)],
  ],
  [
    "the name of an import is not valid UTF-8",
    "13 (import section)",
    [section(2, 1, "m", [2, 0xc0, 0x80], 0, 0)],
  ],
  [
    "the module of an import has 100 bytes, but only 4 are left",
    "12 (import section)",
    [section(2, 1, 100, "n", 0, 0)],
  ],
  ["type index 0 is out of range (count 0)", "11 (function section)", [section(3, 1, 0)]],
  ["a reserved byte is not zero", "11 (table section)", [section(4, 1, 0x40, 1, 0x70, 0, 1)]],
  ["invalid table flags 0x10", "12 (table section)", [section(4, 1, 0x70, 0x10, 1)]],
  ["invalid memory flags 0x80", "11 (memory section)", [section(5, 1, 0x80, 0, 1)]],
  [
    "the minimum size 2 of a memory exceeds its maximum 1",
    "11 (memory section)",
    [section(5, 1, 1, 2, 1)],
  ],
  [
    "a memory of 65537 pages is above the maximum of 65536",
    "10 (memory section)",
    [section(5, 1, 1, 2, 0x81, 0x80, 4)],
  ],
  [
    "a memory of 65537 pages is above the maximum of 65536",
    "10 (memory section)",
    [section(5, 1, 0, 0x81, 0x80, 4)],
  ],
  ["the attribute of a tag is not 0 (exception)", "11 (tag section)", [section(13, 1, 1, 0)]],
  [
    "the mutability of a global is neither 0 nor 1",
    "12 (global section)",
    [section(6, 1, 0x7f, 2, 0x41, 0, 0x0b)],
  ],
  [
    "instruction 0x10 is not constant",
    "13 (global section)",
    [section(6, 1, 0x7f, 0, 0x10, 0, 0x0b)],
  ],
  [
    "vector instruction 11 is not constant",
    "14 (global section)",
    [section(6, 1, 0x7b, 0, 0xfd, 11, 0, 0x0b)],
  ],
  [
    "it ends before an instruction of a constant expression",
    "15 (global section)",
    [section(6, 1, 0x7f, 0, 0x41, 0)],
  ],
  ["0x5 is not a kind of export", "18 (export section)", [section(7, 1, "memory", 5, 0)]],
  [
    "global index 0 is out of range (count 0)",
    "24 (export section)",
    [MEMORY, section(7, 1, "memory", 3, 0)],
  ],
  [
    "two exports are named 'memory'",
    "25 (export section)",
    [MEMORY, section(7, 2, "memory", 2, 0, "memory", 2, 0)],
  ],
  ["function index 0 is out of range (count 0)", "10 (start section)", [section(8, 0)]],
  ["invalid element segment flags 8", "11 (element section)", [section(9, 1, 8, 0)]],
  ["the elements are not functions", "11 (element section)", [section(9, 1, 1, 1, 0)]],
  ["invalid data segment flags 3", "11 (data section)", [section(11, 1, 3, 0)]],
  [
    "a data segment has 5 bytes, but only 1 are left",
    "13 (data section)",
    [section(11, 1, 1, 5, 0)],
  ],
  [
    "a function body has 9 bytes, but only 2 are left",
    "22 (code section)",
    [TYPE, section(3, 1, 0), section(10, 1, 9, 0, 0x0b)],
  ],
  ["1 functions are declared, but 0 have a body", "23 (file)", [TYPE, section(3, 1, 0), MEMORY]],
  [
    "0 functions are declared, but 1 have a body",
    "10 (code section)",
    [section(10, 1, 2, 0, 0x0b)],
  ],
  [
    "the data count section declares 2 data segments, but there are 0",
    "11 (file)",
    [section(12, 2)],
  ],
  [
    "it ends before the length of the name of a custom section",
    "10 (custom section)",
    [section(0)],
  ],
  ["the name of a custom section is not valid UTF-8", "10 (custom section)", [section(0, 1, 0xff)]],
])("'%s' at byte %s", (problem, place, sections) => {
  const bytes = binary(...sections);
  expect(() => inspectModule(bytes)).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      message: expect.stringContaining(
        `the module is malformed at byte ${place}: ${problem}; recompile`,
      ),
    }),
  );
  expect(WebAssembly.validate(bytes)).toBe(false);
});

test.each([
  ["is empty", ""],
  ["is truncated", "\0asm\x01\0"],
  ["has an unknown version", "\0asm\x02\0\0\0"],
  ["is a component (component model)", "\0asm\x0d\0\x01\0"],
  ["is a native program or library (ELF)", "\x7fELF\x02\x01\x01\0"],
  ["is compressed (gzip)", "\x1f\x8b\x08\0"],
  ["is an archive (zip)", "PK\x03\x04"],
  ["is a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:1"],
  ["is WebAssembly text", "\n (module (memory 1))"],
  ["is WebAssembly text", ";; made by hand\n(module)"],
  ["is Python source", "import triton_python_backend_utils as pb_utils\n"],
  ["is Python source", "#!/usr/bin/env python3\n"],
  ["is Python source", "def execute(requests) -> list:\n"],
  ["is Python source", "# a model\nclass TritonPythonModel:\n    pass"],
  ["is JavaScript or TypeScript source", "/** A model. */\nexport function execute() {}"],
  ["is JavaScript or TypeScript source", `import { Model } from "model";`],
  ["is JavaScript or TypeScript source", "class Model { x: number = 1 }"],
  ["does not start with the magic number of WebAssembly", "\x89PNG\r\n\x1a\n"],
  ["is WebAssembly text", "(;;)".repeat(100_000)],
])("a file that %s is recognised by its first bytes", (what, text) => {
  expect(() => inspectModule(new Uint8Array(Buffer.from(text, "latin1")))).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      message: expect.stringContaining(`the file is not a WebAssembly module: it ${what}; `),
    }),
  );
});

test("a truncated module is refused, with a place within the remaining bytes", () => {
  const whole = everySection();
  const { length } = whole;
  for (let cut = 0; cut < length; cut++) {
    try {
      inspectModule(whole.subarray(0, cut));
      // Only custom sections, which stand last, can be missing unnoticed.
      expect(WebAssembly.validate(whole.slice(0, cut))).toBe(true);
    } catch (error) {
      const { code, details } = error as { code: string; details: { offset: number } };
      expect({ cut, code }).toEqual({ cut, code: "ERR_MODEL_INVALID" });
      expect(details.offset).toBeLessThanOrEqual(cut);
    }
  }
});

test("a name cannot forge lines of the log", () => {
  const name = `x\n[E] forged\x1b[31m`;
  const bytes = binary(MEMORY, section(7, 2, name, 2, 0, name, 2, 0));
  expect(() => inspectModule(bytes)).toThrow("two exports are named 'x [E] forged [31m'");
});
