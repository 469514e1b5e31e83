import { closeSync, ftruncateSync, openSync, readFileSync } from "node:fs";
import { openModelFile } from "../../host/guest/model-file.js";
import { loadGuestModule } from "../../host/guest/module.js";
import { assemble, CAPS, guest, removeFiles, writeFile } from "../support/wasm/assemble.js";

afterEach(removeFiles);

const IDENTITY = readFileSync(new URL("../../dist/wasm/identity.wasm", import.meta.url));
const EXECUTE = `(func (export "triton_execute") (result i32) (i32.const 0))`;
const MEMORY = `(memory (export "memory") 1)`;

const loadFile = (file: string) => loadGuestModule(openModelFile(file), CAPS).module;
const load = (text: string) => loadFile(writeFile("model.wasm", assemble(`(module ${text})`)));

/** A file of `bytes`, all holes. */
function sparseFile(bytes: number): string {
  const file = writeFile("large.wasm", new Uint8Array(0));
  const fd = openSync(file, "r+");
  ftruncateSync(fd, bytes);
  closeSync(fd);
  return file;
}

test("a module with the exports of the ABI, and only imports of the ABI, is loaded", () => {
  expect(loadFile(writeFile("all.wasm", guest("(call $request_count)")))).toBeInstanceOf(
    WebAssembly.Module,
  );
  expect(load(MEMORY + EXECUTE)).toBeInstanceOf(WebAssembly.Module);
  expect(loadFile(writeFile("identity.wasm", IDENTITY))).toBeInstanceOf(WebAssembly.Module);
});

test.each([
  ["a memory", `(import "env" "memory" (memory 1)) ${EXECUTE}`],
  ["a global", `(import "env" "g" (global i32)) ${MEMORY} ${EXECUTE}`],
  ["a table", `(import "env" "t" (table 1 funcref)) ${MEMORY} ${EXECUTE}`],
  ["no memory", EXECUTE],
  ["a memory that is not exported", `(memory 1) ${EXECUTE}`],
  ["a memory shared with other threads", `(memory (export "memory") 1 2 shared) ${EXECUTE}`],
])("a module that has, or imports, %s is refused by its inspection", (_what, text) => {
  expect(() => load(text)).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      message: expect.stringMatching(/^model file '.*model.wasm': /),
    }),
  );
});

test("memory and tables begin within the model's caps", () => {
  expect(() => load(`(memory (export "memory") 1025) ${EXECUTE}`)).toThrow(
    "raise its parameter wasm_memory_max_bytes",
  );
  expect(() => load(`${MEMORY} (table 1001 funcref) ${EXECUTE}`)).toThrow(
    "raise its parameter wasm_table_max_entries",
  );
});

test.each([
  ["empty", new Uint8Array(0)],
  ["text", Buffer.from("(module)")],
  ["a Python file", Buffer.from("class TritonPythonModel: pass\n")],
  ["of another version", Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0)],
  ["a component", Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0)],
])("a file that is %s is refused: the error names the file", (_what, bytes) => {
  const file = writeFile("broken.wasm", bytes);
  expect(() => loadFile(file)).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      message: expect.stringContaining(`model file '${file}': `),
    }),
  );
});

const CODES = /^ERR_(MODEL_INVALID|GUEST_IMPORT|GUEST_EXPORT)$/;

/** @returns the code of the refusal; undefined when the module was loaded */
function refusalOf(bytes: Uint8Array): string | undefined {
  try {
    loadFile(writeFile("mutant.wasm", bytes));
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

test("the error for a missing file names it, and says what to do", () => {
  const file = `${writeFile("other.wasm", IDENTITY)}.missing`;
  expect(() => loadFile(file)).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_MISSING",
      message: expect.stringMatching(
        /other\.wasm\.missing' cannot be read \(ENOENT\).*default_model_filename/,
      ),
    }),
  );
});

test("finding 33: the error for a file that cannot be read to its end names it, with the system's reason", () => {
  // The loopback interface has no speed.
  expect(() => loadFile("/sys/class/net/lo/speed")).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_MISSING",
      message: expect.stringContaining("'/sys/class/net/lo/speed' cannot be read (EINVAL)"),
    }),
  );
});

test("a folder in place of the file is reported as missing", () => {
  const folder = writeFile("other.wasm", IDENTITY).replace(/\/other.wasm$/, "");
  expect(() => loadFile(folder)).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_MISSING",
      message: expect.stringContaining("(it is not a regular file)"),
    }),
  );
});

test("a file of the maximum size is inspected; a file with one byte more is refused without being read", () => {
  expect(() => loadFile(sparseFile(CAPS.moduleMaxBytes))).toThrow(
    "does not start with the magic number",
  );
  expect(() => loadFile(sparseFile(CAPS.moduleMaxBytes + 1))).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      message: expect.stringContaining(
        `has ${CAPS.moduleMaxBytes + 1} bytes, above the limit of ${CAPS.moduleMaxBytes} (wasm_module_max_bytes)`,
      ),
    }),
  );
});
