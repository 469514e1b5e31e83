import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import binaryen from "binaryen";
import { ABI_IMPORTS, ABI_NAMESPACE } from "../../../host/guest/abi.js";
import { compileGuestModule, type GuestModule } from "../../../host/guest/module.js";
import { WASI_IMPORTS, WASI_NAMESPACE } from "../../../host/guest/wasi/abi.js";
import { WASI_NN_IMPORTS, WASI_NN_NAMESPACE } from "../../../host/guest/wasi-nn/abi.js";

/** Assembles WebAssembly text; every feature that binaryen knows is allowed. @param names keep those of functions */
export function assemble(text: string, names = false): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(text);
  try {
    binaryen.setDebugInfo(names);
    module.setFeatures(binaryen.Features.All);
    return new Uint8Array(module.emitBinary());
  } finally {
    module.dispose();
  }
}

const TYPES: Readonly<Record<string, string>> = { i: "i32", I: "i64", F: "f64" };

/** `(func $name (param …) (result …))` of a type such as "iI->i". */
function functionType(name: string, type: string): string {
  const [parameters, results] = type.split("->").map((side) => [...side].map((t) => TYPES[t]));
  const result = results!.length === 0 ? "" : `(result ${results!.join(" ")})`;
  return `(func $${name} (param ${parameters!.join(" ")}) ${result})`;
}

/** A namespace, its functions, and what stands before the name of each in a text: wasi-nn has names as general as `load`. */
const NAMESPACES = [
  [ABI_NAMESPACE, ABI_IMPORTS, ""],
  [WASI_NAMESPACE, WASI_IMPORTS, ""],
  [WASI_NN_NAMESPACE, WASI_NN_IMPORTS, "nn_"],
] as const;

/** Imports the host functions that a text calls: `$log`, `$fd_write`, `$nn_load`. */
export function importsOf(text: string): string {
  return NAMESPACES.flatMap(([namespace, functions, prefix]) =>
    Object.entries(functions)
      .filter(([name]) => new RegExp(`\\$${prefix}${name}\\b`).test(text))
      .map(
        ([name, type]) => `(import "${namespace}" "${name}" ${functionType(prefix + name, type)})`,
      ),
  ).join("\n");
}

/** One page of memory and a text at 16. */
export const MEMORY = `(memory (export "memory") 1) (data (i32.const 16) "said by the guest")`;

/** An export that a guest which asks for polls must have. */
export const POLL = `(func (export "triton_poll") (result i32) (i32.const 0))`;

/** A whole guest whose triton_execute has this body, which leaves an i32, with the names of its functions; `more` stands before it. */
export function guest(executeBody: string, more = ""): Uint8Array<ArrayBuffer> {
  return assemble(
    `(module ${importsOf(executeBody + more)} ${MEMORY} ${more}
      (func $execute (export "triton_execute") (result i32) ${executeBody}))`,
    true,
  );
}

/** Room enough for the guests of tests. */
export const CAPS = {
  memoryMaxPages: 1_024,
  tableMaxEntries: 1_000,
  moduleMaxBytes: 1024 * 1024,
};

/** As {@link guest}, inspected and compiled. */
export function compileGuest(executeBody: string, more = ""): GuestModule {
  return compileGuestModule(guest(executeBody, more), CAPS);
}

/** Files in a folder of their own, removed by {@link removeFiles}. */
let folder: string | undefined;

export function writeFile(name: string, bytes: Uint8Array): string {
  folder ??= mkdtempSync(join(tmpdir(), "guest-"));
  const file = join(folder, name);
  // ext4 writes a shortened file to the disk at once: 1 ms for each of thousands of mutants.
  rmSync(file, { force: true });
  writeFileSync(file, bytes);
  return file;
}

/** For afterEach. */
export function removeFiles(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
}
