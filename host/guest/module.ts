import { messageOf, StubError } from "../errors.js";
import { ABI_EXPORTS, ABI_IMPORTS, ABI_NAMESPACE } from "./abi.js";
import { clampModule, codeShift, type GrowthCaps, PAGE_BYTES } from "./clamp.js";
import type { ModuleFacts } from "./inspect/facts.js";
import { inspectModule } from "./inspect/inspect.js";
import { closeModelFile, type ModelFile, openModelFile, readModelFile } from "./model-file.js";
import { printable } from "./text.js";
import { WASI_IMPORTS, WASI_NAMESPACE } from "./wasi/abi.js";

/** A model's module, compiled, with what its inspection has found. */
export interface GuestModule {
  readonly module: WebAssembly.Module;
  readonly facts: ModuleFacts;
  /** Where the module's own maximum is less, that holds. */
  readonly memoryMaxBytes: number;
  /** What to add to a place in the compiled code for that in the module's file. */
  readonly codeShift: number;
}

/** Whether the guest needs WASI: who does not pays nothing for it. */
export function usesWasi({ facts }: GuestModule): boolean {
  return facts.imports.some(({ module }) => module === WASI_NAMESPACE);
}

/** What bounds a module before it runs. */
export interface ModuleCaps extends GrowthCaps {
  readonly moduleMaxBytes: number;
}

/**
 * Reads, inspects and compiles a model's module; memory and tables cannot grow beyond the caps.
 * @throws StubError ERR_MODEL_MISSING, ERR_MODEL_INVALID, ERR_GUEST_IMPORT, ERR_GUEST_EXPORT, ERR_GUEST_LIMIT
 */
export function loadGuestModule(file: ModelFile, caps: ModuleCaps): GuestModule {
  const bytes = readModelFile(file, caps.moduleMaxBytes);
  return inFile(file.path, () => compileGuestModule(bytes, caps));
}

/**
 * Refuses what {@link loadGuestModule} refuses, but compiles nothing: what stands in the bodies of functions is not read.
 * @throws StubError as that
 */
export function examineGuestModule(path: string, caps: ModuleCaps): void {
  const file = openModelFile(path);
  try {
    const bytes = readModelFile(file, caps.moduleMaxBytes);
    inFile(path, () => clampInspected(bytes, caps));
  } finally {
    closeModelFile(file);
  }
}

/** As {@link loadGuestModule}, of bytes in memory. */
export function compileGuestModule(bytes: Uint8Array, caps: GrowthCaps): GuestModule {
  const { facts, clamped } = clampInspected(bytes, caps);
  try {
    return {
      module: new WebAssembly.Module(clamped),
      facts,
      memoryMaxBytes: caps.memoryMaxPages * PAGE_BYTES,
      codeShift: codeShift(facts, bytes.length - clamped.length),
    };
  } catch (error) {
    throw new StubError(
      "ERR_MODEL_INVALID",
      `it is not a valid WebAssembly module: ${printable(messageOf(error))}`,
      {},
      error,
    );
  }
}

function clampInspected(bytes: Uint8Array, caps: GrowthCaps) {
  const facts = inspectModule(bytes);
  checkImports(facts);
  checkExports(facts);
  return { facts, clamped: clampModule(bytes, facts, caps) };
}

/** Puts the file's name before the reason why it is refused. */
function inFile<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof StubError)) throw error;
    const { code, message, details, cause } = error;
    throw new StubError(code, `model file '${file}': ${message}`, { file, ...details }, cause);
  }
}

const OFFERED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [ABI_NAMESPACE]: ABI_IMPORTS,
  [WASI_NAMESPACE]: WASI_IMPORTS,
};

function checkImports({ imports }: ModuleFacts): void {
  const refused = imports.filter(
    ({ module, name, signature }) => typeOffered(module, name) !== signature,
  );
  if (refused.length === 0) return;
  const list = refused.map(({ module, name, signature }) => {
    const offered = typeOffered(module, name);
    const type = offered === undefined ? "" : `, which is (${offered})`;
    return `${module}.${name} (${signature})${type}`;
  });
  throw new StubError(
    "ERR_GUEST_IMPORT",
    `the module imports ${printable(list.join(", "))}, which this backend does not offer; ` +
      `allowed are the functions ${Object.keys(ABI_IMPORTS).join(", ")} of ${ABI_NAMESPACE}, and WASI preview 1 (docs/guest-abi.md)`,
    { refused: list },
  );
}

function typeOffered(namespace: string, name: string): string | undefined {
  const functions = Object.hasOwn(OFFERED, namespace) ? OFFERED[namespace]! : {};
  return Object.hasOwn(functions, name) ? functions[name] : undefined;
}

/** The memory's export is checked by the inspection. */
const EXPORT_TYPES: readonly (readonly [name: string, types: readonly string[]])[] = [
  [ABI_EXPORTS.execute, ["->i"]],
  [ABI_EXPORTS.initialize, ["->i"]],
  [ABI_EXPORTS.autoComplete, ["->i"]],
  [ABI_EXPORTS.finalize, ["->", "->i"]],
  [ABI_EXPORTS.reactor, ["->"]],
];

function checkExports({ exports }: ModuleFacts): void {
  for (const [name, types] of EXPORT_TYPES) {
    const found = exports.find((entry) => entry.name === name);
    if (found === undefined) {
      if (name !== ABI_EXPORTS.execute) continue;
      throw new StubError(
        "ERR_GUEST_EXPORT",
        `the module lacks the export '${name}' of the guest ABI ${ABI_NAMESPACE}`,
        { name },
      );
    }
    if (found.signature !== undefined && types.includes(found.signature)) continue;
    const actual = found.signature === undefined ? found.kind : `function (${found.signature})`;
    throw new StubError(
      "ERR_GUEST_EXPORT",
      `the module exports '${name}' as ${actual}; the guest ABI ${ABI_NAMESPACE} wants a function (${types[0]})`,
      { name, expected: types[0], actual },
    );
  }
}
