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
import { WASI_NN_NAMESPACE } from "./wasi-nn/abi.js";

/** A compiled module of a model, with the facts that its inspection found. */
export interface GuestModule {
  readonly module: WebAssembly.Module;
  readonly facts: ModuleFacts;
  /** The cap of the model. A lower maximum that the module declares takes precedence. */
  readonly memoryMaxBytes: number;
  /** What to add to an offset in the compiled code to get the offset in the module's file. */
  readonly codeShift: number;
}

/** Whether the guest imports WASI. Other guests do not get an instance of it. */
export function usesWasi({ facts }: GuestModule): boolean {
  return facts.imports.some(({ module }) => module === WASI_NAMESPACE);
}

/** Whether the guest imports wasi-nn. Other guests do not get an instance of it. */
export function usesWasiNn({ facts }: GuestModule): boolean {
  return facts.imports.some(({ module }) => module === WASI_NN_NAMESPACE);
}

/** Limits of a module that are checked before it runs. */
export interface ModuleCaps extends GrowthCaps {
  readonly moduleMaxBytes: number;
}

/**
 * Reads, inspects and compiles a model's module. Its memory and tables cannot grow beyond the caps.
 * @throws StubError ERR_MODEL_MISSING, ERR_MODEL_INVALID, ERR_GUEST_IMPORT, ERR_GUEST_EXPORT, ERR_GUEST_LIMIT
 */
export function loadGuestModule(file: ModelFile, caps: ModuleCaps): GuestModule {
  const bytes = readModelFile(file, caps.moduleMaxBytes);
  return inFile(file.path, () => compileGuestModule(bytes, caps));
}

/**
 * Refuses what {@link loadGuestModule} refuses, without compiling the module: V8 does not check the function bodies.
 * @throws StubError like {@link loadGuestModule}
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

/** Like {@link loadGuestModule}, for bytes in memory. */
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

/** Runs `action`, and adds the name of the file to its errors. */
export function inFile<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof StubError)) throw error;
    const { code, message, details, cause } = error;
    throw new StubError(code, `model file '${file}': ${message}`, { file, ...details }, cause);
  }
}
