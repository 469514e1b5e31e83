import { ABI_IMPORTS, ABI_NAMESPACE } from "../abi.js";
import type { ImportFacts } from "../inspect/facts.js";
import { WASI_IMPORTS, WASI_NAMESPACE } from "../wasi/abi.js";
import { WASI_NN_IMPORTS, WASI_NN_NAMESPACE } from "../wasi-nn/abi.js";
import { nearestNames } from "./nearest.js";

/** The functions that a guest may import, by namespace, with their types. */
export const OFFERED: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  [ABI_NAMESPACE, ABI_IMPORTS],
  [WASI_NAMESPACE, WASI_IMPORTS],
  [WASI_NN_NAMESPACE, WASI_NN_IMPORTS],
]);

/** What a name that its namespace lacks means. */
const MISSING: ReadonlyMap<string, string> = new Map([
  [ABI_NAMESPACE, "it may belong to a newer ABI than this backend's"],
  [WASI_NAMESPACE, "it is not a function of WASI preview 1"],
  [WASI_NN_NAMESPACE, "it is not a function of the standard wasi-nn"],
]);

/** A known source of imports that this backend does not offer, with advice. */
interface Cause {
  readonly matches: (entry: ImportFacts) => boolean;
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

/** The first match counts; later entries match more imports. */
const CAUSES: readonly Cause[] = [
  {
    matches: ({ module, name }) =>
      module === "wbg" || /^__wbindgen|^__wbg_/.test(name) || /^__wbindgen|_bg\.js$/.test(module),
    hint:
      "wasm-bindgen creates it for JavaScript; build with cargo for wasm32-wasip1, or wasm32-unknown-unknown, and without wasm-bindgen, " +
      "web-sys, js-sys, and features such as getrandom's 'js' or 'wasm_js' and chrono's 'wasmbind'",
  },
  {
    matches: ({ module, name }) => module === "env" && ASSEMBLYSCRIPT.has(name),
    hint: 'AssemblyScript imports it by default; make the model\'s asconfig.json extend assembly/sdk/asconfig.json of this backend: "extends": "triton-wasm-backend/asconfig.json" with the npm package',
  },
  {
    matches: ({ module, name }) =>
      (module === "env" && EMSCRIPTEN.test(name)) || module === "a" || module === "GOT.mem",
    hint: "Emscripten creates it for JavaScript; build with emcc -sSTANDALONE_WASM --no-entry (C++ exceptions: -fwasm-exceptions), or with clang for wasm32-wasip1",
  },
  {
    matches: ({ module }) => module === "wasi_unstable",
    hint: `it belongs to WASI preview 0; build with a newer toolchain, which imports ${WASI_NAMESPACE}`,
  },
  {
    matches: ({ module }) => module === "wasi_nn",
    hint: `it belongs to an early form of wasi-nn; build with bindings of the standard, which import ${WASI_NN_NAMESPACE}`,
  },
  {
    matches: ({ module }) => module.includes(":") || module === "wasi_snapshot_preview2",
    hint: "it belongs to the component model (WASI 0.2 or later); build a core module for preview 1, for example for wasm32-wasip1",
  },
  {
    matches: ({ module }) => module === "gojs" || module === "go",
    hint: "Go creates it for JavaScript; build with GOOS=wasip1 GOARCH=wasm and go build -buildmode=c-shared",
  },
  {
    matches: ({ module }) => module === "wasi" || module === "wasi_threads",
    hint: "it starts threads, which a guest cannot do; build without threads",
  },
  {
    matches: ({ module }) => /^triton_v\d+$/.test(module) && module !== ABI_NAMESPACE,
    hint: `this backend offers ${ABI_NAMESPACE}; build the model with the SDK of this backend's release`,
  },
  {
    matches: ({ module }) => module === "env",
    hint: "the linker did not find its definition; link the library that defines it, or declare it as an import of triton_v1, and omit --allow-undefined",
  },
];

/** @returns advice for refused imports: the end of a sentence, about the first cause that matches one of them */
export function importHint(refused: readonly ImportFacts[]): string {
  const misspelt = refused.find(({ module }) => OFFERED.has(module));
  if (misspelt !== undefined) return hintOfOffered(misspelt);
  const cause = CAUSES.find(({ matches }) => refused.some(matches));
  if (cause !== undefined) return cause.hint;
  return `a guest may only import functions of ${ABI_NAMESPACE} and ${WASI_NAMESPACE}, and of ${WASI_NN_NAMESPACE}; docs/guest-abi.md lists them`;
}

function hintOfOffered({ module, name }: ImportFacts): string {
  const functions = OFFERED.get(module)!;
  if (Object.hasOwn(functions, name)) {
    return "declare it with the type that docs/guest-abi.md lists, as the SDKs do";
  }
  const near = nearestNames(name, Object.keys(functions));
  const question = near.length === 0 ? "" : `did you mean ${near.join(" or ")}? Otherwise `;
  return `${question}${MISSING.get(module)}; docs/guest-abi.md lists the functions of ${module}`;
}
