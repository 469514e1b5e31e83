import { instantiateSync } from "@assemblyscript/loader";
import { type ParentCore, parentCoreModule } from "./parent-core.js";

const PAGE = 65_536;

/** The codes of assembly/core/failure.ts. */
export const Failure = { Bounds: 1, Corrupt: 2, Argument: 3 } as const;

/** The error that `host.fail` throws in these tests. */
export class CoreFailure extends Error {
  readonly code: number;
  readonly at: number;

  constructor(code: number, at: number) {
    super(`core failure ${code} at ${at}`);
    this.code = code;
    this.at = at;
  }
}

/** The core's exports as JavaScript sees them: every u32 result is signed and wants `>>> 0`. */
export interface CoreExports extends Record<string, unknown>, ParentCore {}

/** A region in a separate memory, with one core. */
export class TestCore {
  readonly memory: WebAssembly.Memory;
  readonly core: CoreExports;
  private name: Buffer = Buffer.alloc(0);

  /** `limit` bytes are the region; the memory has at least `canary` bytes more. */
  constructor(limit: number, canary = 0, memory?: WebAssembly.Memory) {
    const pages = Math.max(16, Math.ceil((limit + canary) / PAGE));
    this.memory =
      memory ?? new WebAssembly.Memory({ initial: pages, maximum: 65_536, shared: true });
    this.core = instantiateSync<CoreExports>(parentCoreModule, {
      env: { memory: this.memory },
      host: {
        fail: (code: number, at: number) => {
          throw new CoreFailure(code, at >>> 0);
        },
        nameByte: (index: number) => this.name[index] ?? 0,
      },
    }).exports;
    this.core.setLimit(limit);
  }

  /** An empty segment of `size` bytes. */
  static formatted(size: number, canary = 0): TestCore {
    const test = new TestCore(size, canary);
    test.core.heapFormat(size);
    return test;
  }

  /** A region that holds `dump`. */
  static over(dump: Uint8Array, canary = 0): TestCore {
    const test = new TestCore(dump.length, canary);
    test.bytes().set(dump);
    return test;
  }

  /** All bytes of the memory, the region first. */
  bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  /** A copy of the region. */
  dump(): Uint8Array {
    return this.bytes().slice(0, this.core.getLimit() >>> 0);
  }

  /** Makes the region larger and grows the heap by `extra`. */
  grow(extra: number): void {
    const limit = (this.core.getLimit() >>> 0) + extra;
    const missing = Math.ceil((limit - this.memory.buffer.byteLength) / PAGE);
    if (missing > 0) this.memory.grow(missing);
    this.core.setLimit(limit);
    this.core.heapGrow(extra);
  }

  find(name: string): number {
    this.name = Buffer.from(name);
    return this.core.heapFindNamed(this.name.length) >>> 0;
  }

  findOrConstruct(name: string, bytes: number, alignment: number): number {
    this.name = Buffer.from(name);
    return this.core.heapFindOrConstructNamed(this.name.length, bytes, alignment) >>> 0;
  }
}

/** Returns the failure of `call`, or null when it returns. Throws other errors again. */
export function failureOf(call: () => unknown): CoreFailure | null {
  try {
    call();
    return null;
  } catch (thrown) {
    if (thrown instanceof CoreFailure) return thrown;
    throw thrown;
  }
}
