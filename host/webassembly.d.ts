/**
 * The JavaScript interface of WebAssembly, as far as host/ uses it. TypeScript has it in the library of browsers alone, whose other names
 * Node does not have; @types/node 20 has none of it.
 */
declare namespace WebAssembly {
  type ImportValue = ((...args: never[]) => unknown) | Memory | number;
  type ExportValue = ((...args: (number | bigint)[]) => unknown) | Memory;
  type Imports = Record<string, Record<string, ImportValue>>;
  type Exports = Record<string, ExportValue>;

  class Module {
    constructor(bytes: ArrayBufferView | ArrayBufferLike);
  }

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Exports;
  }

  class Memory {
    /** @param descriptor sizes in pages of 64 KiB */
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean });
    readonly buffer: ArrayBuffer;
    /** @returns the size before */
    grow(pages: number): number;
  }

  class Exception extends Error {}
}
