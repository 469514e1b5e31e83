import { StubError } from "../errors.js";
import { HOST_CALL_STACK_FRAMES } from "../limits.js";
import { ABI_NAMESPACE, type AbiImport, STATUS_OK, STATUS_REQUEST_FAILED } from "./abi.js";
import type { GuestMemory } from "./memory.js";
import type { GuestGate, GuestServices } from "./services.js";

/** Levels beyond the last, verbose, count as verbose. */
const LOG_LEVELS = 4;

type HostFunction = (...args: number[]) => number;

/** What the host functions of one instance share. */
export class GuestCalls {
  /** Known once the instance exists; host functions called by a start section find none. */
  memory: GuestMemory | undefined;
  /**
   * The first error that a host function threw into the guest. A guest's `catch_all` can swallow the exception, so from
   * then on every call throws it again and the caller discards the guest's result.
   */
  poison: unknown;
  private readonly services: GuestServices;
  private readonly gate: GuestGate;

  constructor(services: GuestServices, gate: GuestGate) {
    this.services = services;
    this.gate = gate;
  }

  /** The import object of the guest ABI. Every number that comes in is untrusted. */
  importObject(): WebAssembly.Imports {
    const { services } = this;
    const functions: Record<AbiImport, HostFunction> = {
      request_count: () => services.requestCount(),
      input_count: (request) => services.inputCount(this.request(request)),
      input_name: (request, input, target, capacity) => {
        const [r, i] = [this.request(request), this.input(request, input)];
        const bytes = this.target(target, capacity, "a buffer for an input's name");
        return services.inputName(r, i, bytes, target! >>> 0, capacity! >>> 0);
      },
      output_count: (request) => services.outputCount(this.request(request)),
      output_name: (request, output, target, capacity) => {
        const [r, o] = [this.request(request), this.output(request, output)];
        const bytes = this.target(target, capacity, "a buffer for an output's name");
        return services.outputName(r, o, bytes, target! >>> 0, capacity! >>> 0);
      },
      output_copy_input: (request, output, input) =>
        services.copyInputToOutput(
          this.request(request),
          this.output(request, output),
          this.input(request, input),
        )
          ? STATUS_OK
          : STATUS_REQUEST_FAILED,
      response_error: (request, code, text, length) => {
        services.failRequest(
          this.request(request),
          code!,
          this.text(text, length, "an error text"),
        );
        return STATUS_OK;
      },
      log: (level, text, length) => {
        services.log(Math.min(level! >>> 0, LOG_LEVELS - 1), this.text(text, length, "a log text"));
        return STATUS_OK;
      },
    };
    return {
      [ABI_NAMESPACE]: Object.fromEntries(
        Object.entries(functions).map(([name, call]) => [name, this.guarded(call)]),
      ),
    };
  }

  private guarded(call: HostFunction): HostFunction {
    return (a, b, c, d) => {
      requireStack(HOST_CALL_STACK_FRAMES);
      this.gate.leaveGuest();
      try {
        if (this.poison !== undefined) throw this.poison;
        // A guest may declare any signature: an i64 arrives as a BigInt, which does not mix with numbers.
        return call(Number(a), Number(b), Number(c), Number(d));
      } catch (error) {
        this.poison ??= error;
        throw error;
      } finally {
        this.gate.enterGuest();
      }
    };
  }

  private request(index: number | undefined): number {
    return checkIndex("request", index, this.services.requestCount());
  }

  private input(request: number | undefined, index: number | undefined): number {
    return checkIndex("input", index, this.services.inputCount(this.request(request)));
  }

  private output(request: number | undefined, index: number | undefined): number {
    return checkIndex("output", index, this.services.outputCount(this.request(request)));
  }

  private target(
    pointer: number | undefined,
    length: number | undefined,
    what: string,
  ): Uint8Array {
    const memory = this.requireMemory();
    memory.requireRange(pointer! >>> 0, length! >>> 0, what);
    return memory.bytes();
  }

  private text(pointer: number | undefined, length: number | undefined, what: string): string {
    return this.requireMemory().text(pointer! >>> 0, length! >>> 0, what);
  }

  private requireMemory(): GuestMemory {
    if (this.memory !== undefined) return this.memory;
    throw new StubError(
      "ERR_GUEST_POINTER",
      "the model calls the host from its start section, before its memory is known; use triton_initialize",
    );
  }
}

/**
 * A guest that has used up the stack overflows it here, where nothing has been done yet, and not in the middle of a host
 * function: that could leave a mutex of the region locked, or the gate open.
 */
function requireStack(frames: number): void {
  if (frames > 0) requireStack(frames - 1);
}

function checkIndex(what: string, index: number | undefined, count: number): number {
  const unsigned = index! >>> 0;
  if (unsigned < count) return unsigned;
  throw new StubError(
    "ERR_GUEST_POINTER",
    `the model asked for ${what} ${unsigned}, but there are ${count}`,
    { what, index: unsigned, count },
  );
}
