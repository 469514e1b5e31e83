import { compileGuestModule } from "../../../host/guest/module.js";
import { assemble, CAPS } from "../../support/wasm/assemble.js";

const EXECUTE = `(func (export "triton_execute") (result i32) (i32.const 0))`;
const MEMORY = `(memory (export "memory") 1)`;

const load = (...imports: string[]) =>
  compileGuestModule(assemble(`(module ${imports.join(" ")} ${MEMORY} ${EXECUTE})`), CAPS);

function refusalOf(...imports: string[]): { code: string; message: string; details: unknown } {
  try {
    load(...imports);
  } catch (error) {
    return error as { code: string; message: string; details: unknown };
  }
  throw new Error("the module was taken");
}

const imported = (module: string, name: string, type = "") =>
  `(import "${module}" "${name}" (func ${type}))`;

test.each([
  [
    "AssemblyScript",
    imported("env", "abort", "(param i32 i32 i32 i32)"),
    /env\.abort, .*extend assembly\/sdk\/asconfig\.json of this backend: "extends": "triton-wasm-backend\/asconfig\.json"/,
  ],
  ["AssemblyScript's random", imported("env", "seed", "(result f64)"), /extend assembly\/sdk/],
  ["AssemblyScript's trace", imported("env", "trace", "(param i32 i32)"), /extend assembly\/sdk/],
  [
    "wasm-bindgen",
    imported("__wbindgen_placeholder__", "__wbindgen_describe", "(param i32)"),
    /without wasm-bindgen, web-sys, js-sys/,
  ],
  [
    "wasm-bindgen after its tool",
    imported("wbg", "__wbg_log_0", "(param i32)"),
    /getrandom's 'js'/,
  ],
  ["wasm-bindgen in bundles", imported("./model_bg.js", "f"), /wasm-bindgen creates it/],
  [
    "Emscripten",
    imported("env", "emscripten_memcpy_js", "(param i32 i32 i32)"),
    /emcc -sSTANDALONE_WASM/,
  ],
  [
    "Emscripten's exceptions",
    imported("env", "invoke_vii", "(param i32 i32 i32)"),
    /-fwasm-exceptions/,
  ],
  [
    "C++ exceptions",
    imported("env", "__cxa_throw", "(param i32 i32 i32)"),
    /emcc -sSTANDALONE_WASM/,
  ],
  ["Emscripten, minified", imported("a", "b"), /emcc -sSTANDALONE_WASM/],
  ["preview 0", imported("wasi_unstable", "fd_write"), /preview 0; build with a newer toolchain/],
  ["WASI 0.2", imported("wasi:io/streams@0.2.0", "drop"), /component model.* for preview 1/],
  ["Go for JavaScript", imported("gojs", "runtime.wasmExit"), /GOOS=wasip1 GOARCH=wasm .*c-shared/],
  ["Go before 1.21", imported("go", "debug"), /GOOS=wasip1/],
  [
    "threads",
    imported("wasi", "thread-spawn", "(param i32) (result i32)"),
    /build without threads/,
  ],
  [
    "another version of the ABI",
    imported("triton_v2", "log"),
    /this backend offers triton_v1; build .*SDK/,
  ],
  [
    "the linker",
    imported("env", "cblas_sgemm"),
    /the linker did not find its definition; .*--allow-undefined/,
  ],
  [
    "anybody else",
    imported("console", "log"),
    /may only import functions of triton_v1 and wasi_snapshot_preview1, and of wasi_ephemeral_nn/,
  ],
  [
    "a function of a runtime that extends wasi-nn",
    imported("wasi_ephemeral_nn", "compute_single"),
    /it is not a function of the standard wasi-nn; docs\/guest-abi\.md lists/,
  ],
  [
    "the wrong type of wasi-nn",
    imported("wasi_ephemeral_nn", "compute", "(param i64) (result i32)"),
    /declare it with the type that docs\/guest-abi\.md lists/,
  ],
  ["an early form of wasi-nn", imported("wasi_nn", "compute"), /import wasi_ephemeral_nn/],
  [
    "a misspelt name",
    imported("triton_v1", "input_count_", "(param i32) (result i32)"),
    /: did you mean input_count\? Otherwise it may belong to a newer ABI/,
  ],
  ["another style of names", imported("triton_v1", "outputCreate"), /did you mean output_create\?/],
  [
    "a newer ABI",
    imported("triton_v1", "gpu_allocate"),
    /: it may belong to a newer ABI than this backend's;/,
  ],
  [
    "a property of every object",
    imported("triton_v1", "constructor"),
    /imports triton_v1\.constructor, which/,
  ],
  [
    "a misspelt name of WASI",
    imported("wasi_snapshot_preview1", "fd_writev"),
    /did you mean fd_write .*\? Otherwise it is not a function of WASI preview 1/,
  ],
  [
    "threads of WASI",
    imported("wasi_snapshot_preview1", "thread_spawn"),
    /it is not a function of WASI preview 1; docs\/guest-abi\.md lists/,
  ],
] as const)(
  "finding 32: an import that comes from %s is refused with what to do",
  (_who, text, words) => {
    const { code, message } = refusalOf(text);
    expect(code).toBe("ERR_GUEST_IMPORT");
    expect(message).toMatch(/^the module imports .*, which this backend does not offer: /);
    expect(message).toMatch(words);
    expect(message.length).toBeLessThan(420);
  },
);

test("finding 32: a function of another type is shown with both types", () => {
  expect(
    refusalOf(imported("triton_v1", "log", "(param i32 i64 f32) (result f64)")).message,
  ).toContain(
    "imports triton_v1.log as (i32, i64, f32) -> f64 instead of (i32, i32, i32) -> i32, which",
  );
  expect(refusalOf(imported("wasi_snapshot_preview1", "proc_exit")).message).toContain(
    "wasi_snapshot_preview1.proc_exit as () -> () instead of (i32) -> ()",
  );
});

test("finding 32: of many refused imports the first three are named and the others counted", () => {
  const many = Array.from({ length: 40 }, (_, i) => imported("env", `emscripten_${i}`));
  const { message, details } = refusalOf(
    imported("triton_v1", "request_count", "(result i32)"),
    ...many,
  );
  expect(message).toContain(
    "imports env.emscripten_0, env.emscripten_1, env.emscripten_2 and 37 more, which",
  );
  expect(details).toEqual({
    refused: ["env.emscripten_0", "env.emscripten_1", "env.emscripten_2"],
    count: 40,
  });
});

test("what a module calls its imports cannot forge lines or flood the log", () => {
  const name = `x\\n[E] forged\\1b[31m${"y".repeat(4_000)}`;
  const type = `(param ${"v128 ".repeat(900)}) (result ${"exnref ".repeat(900)})`;
  const { message } = refusalOf(
    imported(name, name),
    imported("triton_v1", "log", type),
    imported("wasi_snapshot_preview1", "fd_write", type),
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must not be there
  expect(message).not.toMatch(/[\u0000-\u001f\u007f]|y{33}/);
  expect(message).toContain("x [E] forged");
  expect(message.length).toBeLessThan(800);
});
