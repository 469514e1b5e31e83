import { StubError } from "../../errors.js";

/** Size of the magic number and the version. */
export const HEADER_BYTES = 8;

const MAGIC = "\0asm";
const VERSION = "\x01\0\0\0";
/** The version of a component has two bytes; the other two are its layer, which is this one. */
const COMPONENT_LAYER = "\x01\0";

/** Enough bytes to recognise the kind of a file. */
const LOOK_BYTES = 256;

type Lookalike<Looks> = readonly [looks: Looks, what: string, advice: string];

/** Other binary files that users put in place of a module, by their first bytes. */
const BINARIES: readonly Lookalike<string>[] = [
  ["\x7fELF", "is a native program or library (ELF)", "compile the model to the target wasm32"],
  ["\x1f\x8b", "is compressed (gzip)", "unpack it"],
  ["PK\x03\x04", "is an archive (zip)", "unpack it"],
];

/** The same for text files. The first match counts; the last entry always matches. */
const TEXTS: readonly Lookalike<RegExp>[] = [
  [/^version https:\/\/git-lfs/, "is a Git LFS pointer", "fetch the file with git lfs pull"],
  [
    /^\s*(;;|\(;|\(module\b|\(component\b)/,
    "is WebAssembly text",
    "assemble it, for example with wat2wasm",
  ],
  [
    /^#!.*python|^(class|def) \w+(\(.*\))?( ->.*)?:|^from [\w.]+ import\b|^import [\w.]+( as \w+)?$/m,
    "is Python source",
    "use Triton's Python backend, or compile the model to WebAssembly",
  ],
  [
    /^#!.*node|^["']use strict|^(import|export|function|async function|class|const|let|var)\b|^\/[/*]/m,
    "is JavaScript or TypeScript source",
    "compile the model to WebAssembly; asc compiles AssemblyScript",
  ],
  [/^/, "does not start with the magic number of WebAssembly", "put the compiled module there"],
];

/** @throws StubError unless the bytes start with the header of a core module */
export function checkHeader(bytes: Uint8Array): void {
  const start = Buffer.from(bytes.subarray(0, LOOK_BYTES)).toString("latin1");
  if (start.startsWith(MAGIC + VERSION)) return;
  const [, what, advice] =
    lookalikeModule(start) ??
    BINARIES.find(([looks]) => start.startsWith(looks)) ??
    TEXTS.find(([looks]) => looks.test(start))!;
  throw new StubError(
    "ERR_MODEL_INVALID",
    `the file is not a WebAssembly module: it ${what}; ${advice}`,
    { offset: 0, section: "header", problem: what },
  );
}

/** Recognises a file that is almost a module. */
function lookalikeModule(start: string): Lookalike<string> | undefined {
  if (start === "") return ["", "is empty", "put the compiled module there"];
  if (!start.startsWith(MAGIC)) return undefined;
  if (start.length < HEADER_BYTES) return [MAGIC, "is truncated", "copy it again"];
  if (start.slice(6, HEADER_BYTES) !== COMPONENT_LAYER) {
    return [MAGIC, "has an unknown version", "compile to version 1 of the binary format"];
  }
  return [
    MAGIC,
    "is a component (component model)",
    "build a core module: omit the step that creates a component, or extract the module with wasm-tools component unbundle",
  ];
}
