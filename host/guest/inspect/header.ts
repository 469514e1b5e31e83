import { StubError } from "../../errors.js";

/** Bytes of magic number and version. */
export const HEADER_BYTES = 8;

const MAGIC = "\0asm";
const VERSION = "\x01\0\0\0";
/** Components count their versions in two bytes; this layer stands in the other two. */
const COMPONENT_LAYER = "\x01\0";

/** Enough to tell one file from another. */
const LOOK_BYTES = 256;

type Lookalike<Looks> = readonly [looks: Looks, what: string, advice: string];

/** What else may lie in the model's place, by its first bytes. */
const BINARIES: readonly Lookalike<string>[] = [
  ["\x7fELF", "is a native program or library (ELF)", "compile the model to the target wasm32"],
  ["\x1f\x8b", "is compressed (gzip)", "unpack it"],
  ["PK\x03\x04", "is an archive (zip)", "unpack it"],
];

/** The same of text, the first that fits counting; the last always fits. */
const TEXTS: readonly Lookalike<RegExp>[] = [
  [
    /^version https:\/\/git-lfs/,
    "is a pointer of Git LFS",
    "fetch the file behind it with git lfs pull",
  ],
  [
    /^\s*(;;|\(;|\(module\b|\(component\b)/,
    "is WebAssembly text",
    "assemble it, for example with wat2wasm",
  ],
  [
    /^#!.*python|^(class|def) \w+(\(.*\))?( ->.*)?:|^from [\w.]+ import\b|^import [\w.]+( as \w+)?$/m,
    "is Python source",
    "take Triton's Python backend, or compile the model to WebAssembly",
  ],
  [
    /^#!.*node|^["']use strict|^(import|export|function|async function|class|const|let|var)\b|^\/[/*]/m,
    "is JavaScript or TypeScript source",
    "compile the model to WebAssembly; asc compiles AssemblyScript",
  ],
  [/^/, "does not begin as a WebAssembly module does", "put the compiled module there"],
];

/** @throws StubError unless the bytes begin as a core module does */
export function checkHeader(bytes: Uint8Array): void {
  const start = Buffer.from(bytes.subarray(0, LOOK_BYTES)).toString("latin1");
  if (start.startsWith(MAGIC + VERSION)) return;
  const [, what, advice] =
    lookalikeModule(start) ??
    BINARIES.find(([looks]) => start.startsWith(looks)) ??
    TEXTS.find(([looks]) => looks.test(start))!;
  throw new StubError(
    "ERR_MODEL_INVALID",
    `the file is not a WebAssembly module: from byte 0 (header) on it ${what}; ${advice}`,
    { offset: 0, section: "header", problem: what },
  );
}

/** What is nearly a module. */
function lookalikeModule(start: string): Lookalike<string> | undefined {
  if (start === "") return ["", "is empty", "put the compiled module there"];
  if (!start.startsWith(MAGIC)) return undefined;
  if (start.length < HEADER_BYTES) return [MAGIC, "is cut off", "copy it again without loss"];
  if (start.slice(6, HEADER_BYTES) !== COMPONENT_LAYER) {
    return [MAGIC, "is of an unknown version", "compile to version 1 of the binary format"];
  }
  return [
    MAGIC,
    "is a component (component model)",
    "build a core module: leave out the step that makes a component, or take it apart with wasm-tools component unbundle",
  ];
}
