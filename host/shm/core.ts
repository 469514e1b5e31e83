import { instantiateSync } from "@assemblyscript/loader";
import { coreFailure } from "./errors.js";

/**
 * Exports of assembly/core. Offsets are from the start of the region, sizes in bytes. WebAssembly returns both as signed 32-bit numbers.
 */
export interface Core {
  setLimit(bytes: number): void;
  setUndoLog(offset: number, entries: number): void;
  commit(): void;
  heapAllocate(bytes: number): number;
  heapDrop(handle: number): void;
  heapLoad(handle: number): void;
  putWord(at: number, word: number): void;
  heapGrow(extra: number): void;
  /** Offsets of a list and of a block (assembly/core/references.ts). */
  heapHold(list: number, handle: number): void;
  heapLetGo(list: number): number;
  heapFindNamed(nameLength: number): number;
  copyBytes(target: number, source: number, length: number): void;
  zeroBytes(target: number, length: number): void;
}

/** A core, and the setter of the name that its find functions read byte by byte. */
export interface CoreInstance {
  readonly core: Core;
  setName(name: string): number;
}

/**
 * Instantiates the core over the memory that the region is mapped into. Each thread has an instance of its own; instances share no state
 * but the region.
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
    // The exports of the loader are closures with rest arguments around these functions, and slower.
    core: instance.exports as unknown as Core,
    setName(text) {
      name = new TextEncoder().encode(text);
      return name.length;
    },
  };
}
