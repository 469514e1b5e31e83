import { instantiateSync } from "@assemblyscript/loader";
import { coreFailure } from "./errors.js";

/** Exports of assembly/core: all offsets and sizes in bytes from the start of the region. WASM returns them as signed 32 bits. */
export interface Core {
  setLimit(bytes: number): void;
  setUndoLog(offset: number, entries: number): void;
  commit(): void;
  heapAllocate(bytes: number): number;
  heapDrop(handle: number): void;
  heapGrow(extra: number): void;
  heapFindNamed(nameLength: number): number;
  copyBytes(target: number, source: number, length: number): void;
  zeroBytes(target: number, length: number): void;
}

/** A core over `memory`, and the setter of the name that its find functions ask for byte by byte. */
export interface CoreInstance {
  readonly core: Core;
  setName(name: string): number;
}

/**
 * Instantiates the tensor-copy core over the memory that is the region. One instance per thread; they share no state
 * but the region itself.
 */
export function instantiateCore(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): CoreInstance {
  let name = new Uint8Array(0);
  const { instance } = instantiateSync(module, {
    env: { memory },
    host: {
      nameByte: (index: number) => name[index] ?? 0,
      fail(code: number, at: number) {
        throw coreFailure(code, at >>> 0);
      },
    },
  });
  return {
    // Not the loader's own exports: each of those is a closure with rest arguments around the real function.
    core: instance.exports as unknown as Core,
    setName(text) {
      name = new TextEncoder().encode(text);
      return name.length;
    },
  };
}
