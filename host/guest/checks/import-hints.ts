import { ABI_IMPORTS, ABI_NAMESPACE } from "../abi.js";
import type { ImportFacts } from "../inspect/facts.js";
import { WASI_IMPORTS, WASI_NAMESPACE } from "../wasi/abi.js";
import { nearestNames } from "./nearest.js";

/** What a guest may import, by namespace, with types. */
export const OFFERED: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  [ABI_NAMESPACE, ABI_IMPORTS],
  [WASI_NAMESPACE, WASI_IMPORTS],
]);

/** Where an import that nobody offers comes from, and what to do about it. */
interface Cause {
  readonly made: (entry: ImportFacts) => boolean;
  readonly hint: string;
}

const ASSEMBLYSCRIPT = new Set([
  "abort",
  "seed",
  "trace",
  "console.log",
  "Date.now",
  "performance.now",
]);
const EMSCRIPTEN =
  /^(_?emscripten_|__emscripten_|invoke_|__cxa_|__syscall_|_embind_|_emval_|_abort_js|_tzset_js|_mmap_js|_munmap_js|__asyncjs__|em_)/;

/** The first that fits counts: later ones fit more. */
const CAUSES: readonly Cause[] = [
  {
    made: ({ module, name }) =>
      module === "wbg" || /^__wbindgen|^__wbg_/.test(name) || /^__wbindgen|_bg\.js$/.test(module),
    hint:
      "wasm-bindgen makes it for JavaScript; build with cargo for wasm32-wasip1, or wasm32-unknown-unknown, and without wasm-bindgen, " +
      "web-sys, js-sys, and features such as getrandom's 'js' or 'wasm_js' and chrono's 'wasmbind'",
  },
  {
    made: ({ module, name }) => module === "env" && ASSEMBLYSCRIPT.has(name),
    hint: "AssemblyScript makes it by default; let the model's asconfig.json extend assembly/sdk/asconfig.json of this backend's repository",
  },
  {
    made: ({ module, name }) =>
      (module === "env" && EMSCRIPTEN.test(name)) || module === "a" || module === "GOT.mem",
    hint: "Emscripten makes it for JavaScript; build with emcc -sSTANDALONE_WASM --no-entry (C++ exceptions: -fwasm-exceptions), or with clang for wasm32-wasip1",
  },
  {
    made: ({ module }) => module === "wasi_unstable",
    hint: `it is of WASI preview 0; build with a newer toolchain, which imports ${WASI_NAMESPACE}`,
  },
  {
    made: ({ module }) => module.includes(":") || module === "wasi_snapshot_preview2",
    hint: "it is of the component model (WASI 0.2 or later); build a core module for preview 1, for example for wasm32-wasip1",
  },
  {
    made: ({ module }) => module === "gojs" || module === "go",
    hint: "Go makes it for JavaScript; build with GOOS=wasip1 GOARCH=wasm and go build -buildmode=c-shared",
  },
  {
    made: ({ module }) => module === "wasi" || module === "wasi_threads",
    hint: "it starts threads, which a guest cannot do; build without threads",
  },
  {
    made: ({ module }) => /^triton_v\d+$/.test(module) && module !== ABI_NAMESPACE,
    hint: `this backend offers ${ABI_NAMESPACE}; build the model with the SDK of this backend's release`,
  },
  {
    made: ({ module }) => module === "env",
    hint: "the linker found no definition of it; link the library that has one, or declare it as an import of triton_v1, and leave out --allow-undefined",
  },
];

/** What to do about refused imports: one sentence's end, about the first cause that fits one of them. */
export function importHint(refused: readonly ImportFacts[]): string {
  const misspelt = refused.find(({ module }) => OFFERED.has(module));
  if (misspelt !== undefined) return hintOfOffered(misspelt);
  const cause = CAUSES.find(({ made }) => refused.some(made));
  if (cause !== undefined) return cause.hint;
  return `a guest imports functions of ${ABI_NAMESPACE} and ${WASI_NAMESPACE} only (docs/guest-abi.md lists them)`;
}

function hintOfOffered({ module, name }: ImportFacts): string {
  const functions = OFFERED.get(module)!;
  if (Object.hasOwn(functions, name)) {
    return "declare it with this backend's type, as the SDKs do (docs/guest-abi.md)";
  }
  const near = nearestNames(name, Object.keys(functions));
  const question = near.length === 0 ? "" : `is ${near.join(" or ")} meant, or `;
  return module === ABI_NAMESPACE
    ? `${question}is it of a newer ABI than this backend? docs/guest-abi.md lists what ${module} has`
    : `${question}${question === "" ? "" : "is it none of preview 1? "}docs/guest-abi.md says what ${module} has`;
}
