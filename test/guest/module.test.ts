import { closeSync, ftruncateSync, openSync, readFileSync } from "node:fs";
import { loadGuestModule } from "../../host/guest/module.js";
import { MODULE_MAX_BYTES } from "../../host/limits.js";
import { assemble, guest, removeFiles, writeFile } from "./assemble.js";

afterEach(removeFiles);

const IDENTITY = readFileSync(new URL("../../dist/wasm/identity.wasm", import.meta.url));
const EXECUTE = `(func (export "triton_execute") (result i32) (i32.const 0))`;
const MEMORY = `(memory (export "memory") 1)`;

function load(text: string): WebAssembly.Module {
  return loadGuestModule(writeFile("model.wasm", assemble(`(module ${text})`)));
}

/** A file of `bytes`, all holes. */
function sparseFile(bytes: number): string {
  const file = writeFile("large.wasm", new Uint8Array(0));
  const fd = openSync(file, "r+");
  ftruncateSync(fd, bytes);
  closeSync(fd);
  return file;
}

test("a module with the exports of the ABI and none but its imports is loaded", () => {
  expect(loadGuestModule(writeFile("all.wasm", guest("(i32.const 0)")))).toBeInstanceOf(
    WebAssembly.Module,
  );
  expect(load(MEMORY + EXECUTE)).toBeInstanceOf(WebAssembly.Module);
  expect(loadGuestModule(writeFile("identity.wasm", IDENTITY))).toBeInstanceOf(WebAssembly.Module);
});

test.each([
  [
    "an unknown function",
    `(import "triton_v0" "read_file" (func))`,
    "triton_v0.read_file (function)",
  ],
  ["another version of the ABI", `(import "triton_v1" "log" (func))`, "triton_v1.log (function)"],
  [
    "WASI",
    `(import "wasi_snapshot_preview1" "fd_write" (func))`,
    "wasi_snapshot_preview1.fd_write (function)",
  ],
  ["a memory", `(import "env" "memory" (memory 1))`, "env.memory (memory)"],
  [
    "a memory by a function's name",
    `(import "triton_v0" "log" (memory 1))`,
    "triton_v0.log (memory)",
  ],
  ["a global", `(import "triton_v0" "log" (global i32))`, "triton_v0.log (global)"],
  ["a table", `(import "env" "table" (table 1 funcref))`, "env.table (table)"],
  [
    "a property of every object",
    `(import "triton_v0" "constructor" (func))`,
    "triton_v0.constructor (function)",
  ],
] as const)(
  "a module that imports %s is refused, and the import named",
  (what, imported, listed) => {
    const memory = what.startsWith("a memory") ? "" : MEMORY;
    expect(() => load(imported + memory + EXECUTE)).toThrow(
      expect.objectContaining({
        code: "ERR_GUEST_IMPORT",
        details: { file: expect.stringContaining("model.wasm"), refused: [listed] },
        message: expect.stringContaining(`imports ${listed}, which this backend does not offer`),
      }),
    );
  },
);

test("all refused imports are listed at once, with what is allowed", () => {
  const load3 = () =>
    load(`(import "a" "x" (func)) (import "triton_v0" "log" (func (param i32 i32 i32) (result i32)))
      (import "b" "y" (global i32)) ${MEMORY} ${EXECUTE}`);
  expect(load3).toThrow(/imports a\.x \(function\), b\.y \(global\), which/);
  expect(load3).toThrow(/allowed are the functions argument, .*request_count, .* of triton_v0$/);
});

test("what a module calls its imports cannot forge lines or flood the log", () => {
  const name = `x\\n[E] forged\\1b[31m${"y".repeat(50_000)}`;
  expect(() => load(`(import "${name}" "z" (func)) ${MEMORY} ${EXECUTE}`)).toThrow(
    expect.objectContaining({
      code: "ERR_GUEST_IMPORT",
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not be there
      message: expect.not.stringMatching(/[\u0000-\u001f\u007f]|y{9000}/),
    }),
  );
});

test.each([
  ["lacks the export 'triton_execute'", MEMORY],
  ["lacks the export 'memory'", EXECUTE],
  [
    "exports as global, not as function, the export 'triton_execute'",
    `${MEMORY} (global (export "triton_execute") i32 (i32.const 0))`,
  ],
  [
    "exports as function, not as memory, the export 'memory'",
    `${EXECUTE} (func (export "memory"))`,
  ],
  [
    "exports as memory, not as function, the export 'triton_initialize'",
    `(memory (export "memory") (export "triton_initialize") 1) ${EXECUTE}`,
  ],
  [
    "exports as global, not as function, the export 'triton_finalize'",
    `${MEMORY} ${EXECUTE} (global (export "triton_finalize") i32 (i32.const 0))`,
  ],
  [
    "exports as global, not as function, the export '_initialize'",
    `${MEMORY} ${EXECUTE} (global (export "_initialize") i32 (i32.const 0))`,
  ],
])("a module that %s is refused in these words", (sentence, text) => {
  expect(() => load(text)).toThrow(
    expect.objectContaining({
      code: "ERR_GUEST_EXPORT",
      message: expect.stringMatching(
        new RegExp(`^model file '.*model.wasm' ${sentence} of the guest ABI triton_v0$`),
      ),
    }),
  );
});

test.each([
  ["empty", new Uint8Array(0)],
  ["text", Buffer.from("(module)")],
  ["a Python file", Buffer.from("class TritonPythonModel: pass\n")],
  ["of another version", Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0)],
  ["a component", Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0)],
])("a file that is %s is refused as no module, by name", (_what, bytes) => {
  const file = writeFile("broken.wasm", bytes);
  expect(() => loadGuestModule(file)).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      message: expect.stringContaining(`model file '${file}' is not a valid WebAssembly module`),
    }),
  );
});

const CODES = /^ERR_(MODEL_INVALID|GUEST_IMPORT|GUEST_EXPORT)$/;

/** @returns the code of the refusal; undefined when the module was loaded */
function refusalOf(bytes: Uint8Array): string | undefined {
  try {
    loadGuestModule(writeFile("mutant.wasm", bytes));
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

test("a module cut off anywhere is refused, never loaded", () => {
  const whole = assemble(`(module ${MEMORY} ${EXECUTE})`);
  for (let length = 0; length < whole.length; length++) {
    expect({ length, code: refusalOf(whole.subarray(0, length)) }).toEqual({
      length,
      code: expect.stringMatching(CODES),
    });
  }
});

test("a module with a flipped bit is loaded or refused by one of three codes", () => {
  let refused = 0;
  for (let at = 0; at < IDENTITY.length; at += 3) {
    const bytes = Uint8Array.from(IDENTITY);
    bytes[at]! ^= 1 << (at % 8);
    const code = refusalOf(bytes);
    if (code === undefined) continue;
    refused += 1;
    expect(code).toMatch(CODES);
  }
  expect(refused).toBeGreaterThan(100);
});

test("a file that is missing is named, with what to do", () => {
  const file = `${writeFile("other.wasm", IDENTITY)}.missing`;
  expect(() => loadGuestModule(file)).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_MISSING",
      message: expect.stringMatching(
        /other\.wasm\.missing' cannot be read \(ENOENT\).*default_model_filename/,
      ),
    }),
  );
});

test("a folder in the place of the file is named as missing", () => {
  const folder = writeFile("other.wasm", IDENTITY).replace(/\/other.wasm$/, "");
  expect(() => loadGuestModule(folder)).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_MISSING",
      message: expect.stringContaining("(EISDIR)"),
    }),
  );
});

test("a file of the largest size is looked at, one byte more is refused unread", () => {
  expect(() => loadGuestModule(sparseFile(MODULE_MAX_BYTES))).toThrow("is not a valid WebAssembly");
  expect(() => loadGuestModule(sparseFile(MODULE_MAX_BYTES + 1))).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      message: expect.stringContaining(
        `has ${MODULE_MAX_BYTES + 1} bytes, above the limit of ${MODULE_MAX_BYTES}`,
      ),
    }),
  );
});
