import { StubError } from "../errors.js";
import type { GuestPointer } from "../numbers.js";
import type { GuestMemory } from "./memory.js";
import type { BatchServices } from "./services.js";
import { createStackProbe } from "./stack-probe.js";

/** A WebAssembly number as JavaScript receives it: an i64 is a BigInt. */
export type WasmNumber = number | bigint;

/**
 * A host function. The inspection of the module has checked that the guest imports it with the right type; the numbers that the guest
 * passes are untrusted.
 */
// biome-ignore lint/suspicious/noExplicitAny: the types of arguments and results are in the tables of the ABI, one per function
export type HostFunction = (...args: any[]) => WasmNumber | undefined;

let stackProbe: (() => void) | undefined;

/** Checks the numbers that a guest passes before a host function uses them. The host functions of one instance share one border. */
export class Border {
  /** Set when the instance exists; a host function that a start section calls finds undefined. */
  memory: GuestMemory | undefined;
  /**
   * The first error that a host function threw into the guest. A `catch_all` of the guest can swallow the exception. So every later host
   * call throws it again, and the caller discards the guest's result.
   */
  hostError: unknown;
  /** Name of the export that the guest runs. */
  running = "";
  /** The text that the guest passed to `fail` during the current call. */
  failure: string | undefined;
  /** Why the host refused a call last; `last_error` returns it. */
  lastError = "";
  /** Number of instances of the guest before this one. */
  readonly restarts: number;
  private readonly batch: BatchServices;
  private readonly requireStack: () => void;

  constructor(batch: BatchServices, restarts: number) {
    this.batch = batch;
    this.restarts = restarts;
    this.requireStack = stackProbe ??= createStackProbe();
  }

  /** Wraps a host function for the guest: it needs stack space, and throws once any call has thrown. */
  guarded(call: HostFunction): HostFunction {
    const { requireStack } = this;
    // No rest parameters: an array for each call would cost more than all the checks. path_open of WASI has nine parameters.
    return (a, b, c, d, e, f, g, h, i) => {
      requireStack();
      try {
        if (this.hostError !== undefined) throw this.hostError;
        return call(a, b, c, d, e, f, g, h, i);
      } catch (error) {
        this.hostError ??= error;
        throw error;
      }
    };
  }

  /** Checks the index of a request in the batch, or the handle of one that the guest keeps. */
  request(index: number): number {
    const { batch } = this;
    const unsigned = index >>> 0;
    if (unsigned < batch.requestCount() || batch.isKept(unsigned)) return unsigned;
    const count = batch.requestCount();
    // Without a batch, the model usually passes the index that a kept request had in triton_execute.
    return checkIndex("request", index, count, count > 0 ? "" : POLL_HINT);
  }

  /** @param request a checked index */
  input(request: number, index: number): number {
    return checkIndex("input", index, this.batch.inputCount(request));
  }

  /** @param request a checked index */
  output(request: number, index: number): number {
    return checkIndex("output", index, this.batch.outputCount(request));
  }

  /** The guest's memory. Valid until the guest runs again. */
  get bytes(): Uint8Array {
    return this.requireMemory().bytes();
  }

  /**
   * Checks that [pointer, pointer + length) lies in the guest's memory.
   * @param length signed or unsigned
   * @throws StubError ERR_GUEST_POINTER
   */
  range(pointer: number, length: number, what: string): GuestPointer {
    return this.requireMemory().checkRange(pointer, length >>> 0, what);
  }

  /** Like {@link range}, for an unsigned length that may exceed 32 bits. */
  wideRange(pointer: number, length: number, what: string | (() => string)): GuestPointer {
    return this.requireMemory().checkRange(pointer, length, what);
  }

  /** Reads a text for an error: one printable line, cut off at a limit. */
  line(pointer: number, length: number, what: string): string {
    return this.requireMemory().line(pointer, length >>> 0, what);
  }

  /** Reads a text for the log: like {@link line}, but with tabs. */
  logLine(pointer: number, length: number, what: string): string {
    return this.requireMemory().logLine(pointer, length >>> 0, what);
  }

  /**
   * Reads a text without changes.
   * @param limit its greatest size in bytes
   * @throws StubError ERR_GUEST_ARGUMENT when the text is longer
   */
  text(pointer: number, length: number, what: string, limit?: number): string {
    return this.requireMemory().text(pointer, length >>> 0, what, limit);
  }

  /**
   * Writes up to `capacity` bytes of a text in UTF-8.
   * @returns the length of the whole text in bytes
   */
  write(text: string, pointer: number, capacity: number, what: string): number {
    const at = this.range(pointer, capacity, what);
    const encoded = encoder.encode(text);
    if (capacity !== 0) this.bytes.set(encoded.subarray(0, capacity >>> 0), at);
    return encoded.length;
  }

  private requireMemory(): GuestMemory {
    if (this.memory !== undefined) return this.memory;
    throw new StubError(
      "ERR_GUEST_POINTER",
      "the model called the host from its start section, before its memory was available: call the host from triton_initialize",
    );
  }
}

const POLL_HINT =
  ": in triton_poll, use the handle that request_keep returned, until the request is finished";

const encoder = new TextEncoder();

/**
 * Checks an index that a guest passed, as an unsigned number.
 * @param hint continues the error's sentence
 * @throws StubError ERR_GUEST_POINTER unless it is below `count`
 */
export function checkIndex(what: string, index: number, count: number, hint = ""): number {
  const unsigned = index >>> 0;
  if (unsigned < count) return unsigned;
  throw new StubError(
    "ERR_GUEST_POINTER",
    `the model asked for ${what} ${unsigned}, but there are ${count}${hint}`,
    { what, index: unsigned, count },
  );
}
