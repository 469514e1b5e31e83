import { StubError } from "../errors.js";
import type { GuestMemory } from "./memory.js";
import type { BatchServices } from "./services.js";
import { createStackProbe } from "./stack-probe.js";

/** A WebAssembly number as it arrives: an i64 comes as a BigInt. */
export type WasmNumber = number | bigint;

/**
 * A host function behind the border. The module's inspection has seen that the guest imports it with its type; the
 * numbers themselves are untrusted.
 */
// biome-ignore lint/suspicious/noExplicitAny: the types of arguments and result stand in the ABI's table, one per function
export type HostFunction = (...args: any[]) => WasmNumber | undefined;

let stackProbe: (() => void) | undefined;

/** Where numbers of a guest are checked before anything is done with them: shared by the host functions of one instance. */
export class Border {
  /** Known once the instance exists; host functions called by a start section find none. */
  memory: GuestMemory | undefined;
  /**
   * The first error that a host function threw into the guest. A guest's `catch_all` can swallow the exception, so from
   * then on every call throws it again and the caller discards the guest's result.
   */
  poison: unknown;
  /** What the guest has said of its own failure during the current call. */
  failure: string | undefined;
  /** Why the host has refused the guest something last. */
  lastError = "";
  /** How many instances of the guest there have been before this one. */
  readonly restarts: number;
  private readonly batch: BatchServices;
  private readonly requireStack: () => void;

  constructor(batch: BatchServices, restarts: number) {
    this.batch = batch;
    this.restarts = restarts;
    this.requireStack = stackProbe ??= createStackProbe();
  }

  /** The function that the guest gets: with stack left, and dead once one call has thrown. */
  guarded(call: HostFunction): HostFunction {
    const { requireStack } = this;
    // No rest arguments: an array for each call would cost more than all the checks. path_open of WASI has nine.
    return (a, b, c, d, e, f, g, h, i) => {
      requireStack();
      try {
        if (this.poison !== undefined) throw this.poison;
        return call(a, b, c, d, e, f, g, h, i);
      } catch (error) {
        this.poison ??= error;
        throw error;
      }
    };
  }

  request(index: number): number {
    return checkIndex("request", index, this.batch.requestCount());
  }

  /** @param request a checked one */
  input(request: number, index: number): number {
    return checkIndex("input", index, this.batch.inputCount(request));
  }

  /** @param request a checked one */
  output(request: number, index: number): number {
    return checkIndex("output", index, this.batch.outputCount(request));
  }

  /** The guest's memory, in which [pointer, pointer + length) lies. */
  range(pointer: number, length: number, what: string): Uint8Array {
    return this.wideRange(pointer, length >>> 0, what);
  }

  /** As {@link range} for a length that may exceed 32 bits. */
  wideRange(pointer: number, length: number, what: string): Uint8Array {
    const memory = this.requireMemory();
    memory.requireRange(pointer >>> 0, length, what);
    return memory.bytes();
  }

  /** A text for an error: one printable line, cut off. */
  line(pointer: number, length: number, what: string): string {
    return this.requireMemory().line(pointer >>> 0, length >>> 0, what);
  }

  /** A text for the log: as {@link line}, but tabs stay. */
  logLine(pointer: number, length: number, what: string): string {
    return this.requireMemory().logLine(pointer >>> 0, length >>> 0, what);
  }

  /**
   * A text as it is.
   * @param limit bytes
   * @throws StubError ERR_GUEST_ARGUMENT when it is longer
   */
  text(pointer: number, length: number, what: string, limit?: number): string {
    return this.requireMemory().text(pointer >>> 0, length >>> 0, what, limit);
  }

  /** Writes up to `capacity` bytes of a text in UTF-8. @returns its whole length in bytes */
  write(text: string, pointer: number, capacity: number, what: string): number {
    const target = this.range(pointer, capacity, what);
    const bytes = encoder.encode(text);
    if (capacity !== 0) target.set(bytes.subarray(0, capacity >>> 0), pointer >>> 0);
    return bytes.length;
  }

  private requireMemory(): GuestMemory {
    if (this.memory !== undefined) return this.memory;
    throw new StubError(
      "ERR_GUEST_POINTER",
      "the model calls the host from its start section, before its memory is known; use triton_initialize",
    );
  }
}

const encoder = new TextEncoder();

/** @throws StubError ERR_GUEST_POINTER unless the index, taken as unsigned, is below `count` */
export function checkIndex(what: string, index: number, count: number): number {
  const unsigned = index >>> 0;
  if (unsigned < count) return unsigned;
  throw new StubError(
    "ERR_GUEST_POINTER",
    `the model asked for ${what} ${unsigned}, but there are ${count}`,
    { what, index: unsigned, count },
  );
}
