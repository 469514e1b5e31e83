import { messageOf, StubError } from "../errors.js";
import { printable } from "../text.js";
import { checkExports } from "./checks/exports.js";
import { checkImports } from "./checks/imports.js";
import { clampModule, codeShift, type GrowthCaps, PAGE_BYTES } from "./clamp.js";
import { useCompilationHints } from "./compilation-hints.js";
import type { ModuleFacts } from "./inspect/facts.js";
import { inspectModule } from "./inspect/inspect.js";
import { closeModelFile, type ModelFile, openModelFile, readModelFile } from "./model-file.js";
import { WASI_NAMESPACE } from "./wasi/abi.js";

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
  if (facts.baselineOnly.length > 0) useCompilationHints();
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
export function inFile<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof StubError)) throw error;
    const { code, message, details, cause } = error;
    throw new StubError(code, `model file '${file}': ${message}`, { file, ...details }, cause);
  }
}
