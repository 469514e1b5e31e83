import { StubError } from "../errors.js";
import { ABI_EXPORTS } from "./abi.js";
import { Border } from "./border.js";
import { PAGE_BYTES } from "./clamp.js";
import { importObject } from "./imports.js";
import { instantiate } from "./instantiate.js";
import { GuestMemory } from "./memory.js";
import { type GuestModule, usesWasi, usesWasiNn } from "./module.js";
import type { GuestServices } from "./services.js";
import { trapError } from "./trap.js";
import { Wasi } from "./wasi/wasi.js";
import { WasiNn } from "./wasi-nn/wasi-nn.js";

type GuestFunction = () => number | undefined;

/** One instance of a guest, with a private memory. After an error its state is unknown: discard it. */
export class GuestInstance {
  private readonly guest: GuestModule;
  private readonly border: Border;
  private readonly exports: WebAssembly.Exports;
  private readonly memory: WebAssembly.Memory;
  private readonly wasi: Wasi | undefined;
  private readonly wasiNn: WasiNn | undefined;

  /**
   * @param restarts number of instances of this guest before this one
   * @throws StubError ERR_GUEST_TRAP when the start section or `_initialize` traps; ERR_ENVIRONMENT when its memory cannot be allocated
   */
  constructor(guest: GuestModule, services: GuestServices, restarts = 0) {
    this.guest = guest;
    this.border = new Border(services.batch, restarts);
    if (usesWasi(guest)) this.wasi = new Wasi(this.border, services.model);
    if (usesWasiNn(guest)) this.wasiNn = new WasiNn(this.border, services);
    const imports = importObject(this.border, services, this.wasi, this.wasiNn);
    const firstBytes = guest.facts.memory.min * PAGE_BYTES;
    const instance = this.inGuest("its start section", () =>
      instantiate(guest.module, imports, `the ${firstBytes} bytes of initial memory of its module`),
    );
    this.exports = instance.exports;
    this.memory = this.exports[ABI_EXPORTS.memory] as WebAssembly.Memory;
    this.border.memory = new GuestMemory(this.memory);
    if (ABI_EXPORTS.reactor in this.exports) this.call(ABI_EXPORTS.reactor);
  }

  /** Size of its memory in bytes. */
  get memoryBytes(): number {
    return this.memory.buffer.byteLength;
  }

  has(name: string): boolean {
    return name in this.exports;
  }

  /**
   * Calls an export without arguments.
   * @returns its status; 0 for an export without a result
   * @throws StubError ERR_GUEST_TRAP, ERR_GUEST_STACK, or whatever a host function threw into the guest
   */
  call(name: string): number {
    return this.inGuest(name, this.exports[name] as GuestFunction) ?? 0;
  }

  /** The text that the guest passed to `fail` during the last call; undefined without one. */
  get failure(): string | undefined {
    return this.border.failure;
  }

  private inGuest<Result>(where: string, run: () => Result): Result {
    this.border.failure = undefined;
    this.border.running = where;
    this.wasi?.forgetLastLines();
    this.wasiNn?.begin();
    let result: Result;
    try {
      result = run();
    } catch (error) {
      this.wasi?.flush();
      throw this.border.hostError ?? this.ended(where, error);
    }
    this.wasi?.flush();
    // The guest may have caught an error that a host function threw. Its result is not valid then.
    if (this.border.hostError !== undefined) throw this.border.hostError;
    return result;
  }

  private ended(where: string, error: unknown): StubError {
    if (error instanceof StubError) return error;
    const { guest, border, wasi } = this;
    const words =
      border.failure === undefined ? wasi?.lastLines() : `it reported: ${border.failure}`;
    const memoryBytes = border.memory?.bytes().length;
    return trapError({ where, error, guest, memoryBytes, words });
  }
}
