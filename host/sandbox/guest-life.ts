import { StubError } from "../errors.js";
import { ABI_EXPORTS } from "../guest/abi.js";
import { GuestInstance } from "../guest/instance.js";
import type { GuestServices } from "../guest/services.js";
import type { Phase } from "./phase.js";

/**
 * A model's guest from load to unload. An instance that trapped is thrown away; the next call gets a fresh one, so a
 * fault costs the batch in which it happens and no other.
 */
export class GuestLife {
  /** Milliseconds that a batch may take; 0: any. */
  readonly executeDeadlineMs: number;
  private readonly module: WebAssembly.Module;
  private readonly services: GuestServices;
  private readonly phase: Phase;
  private instance: GuestInstance | undefined;
  private restarts: number;

  /** @param restarts how many instances of this guest there have been, in executors that were stopped */
  constructor(
    module: WebAssembly.Module,
    services: GuestServices,
    phase: Phase,
    executeDeadlineMs: number,
    restarts = 0,
  ) {
    this.module = module;
    this.services = services;
    this.phase = phase;
    this.executeDeadlineMs = executeDeadlineMs;
    this.restarts = restarts;
  }

  /** Makes an instance and runs its `triton_initialize`. @throws StubError when either fails */
  initialize(): void {
    this.phase.beginCall(0);
    this.start();
  }

  private start(): void {
    const instance = new GuestInstance(this.module, this.services, this.phase, this.restarts);
    this.restarts += 1;
    if (instance.has(ABI_EXPORTS.initialize)) {
      const status = instance.call(ABI_EXPORTS.initialize);
      requireSuccess(ABI_EXPORTS.initialize, status, instance.failure);
    }
    this.instance = instance;
  }

  /** Runs the guest on the current batch. @throws StubError when it traps or returns a status other than 0 */
  execute(): void {
    this.phase.beginCall(this.executeDeadlineMs);
    // Within the batch's time: a guest must not escape its deadline by a start that follows a trap.
    if (this.instance === undefined) this.start();
    const status = this.discardOnThrow(ABI_EXPORTS.execute);
    requireSuccess(ABI_EXPORTS.execute, status, this.instance!.failure);
  }

  /** Runs `triton_finalize`, if there is an instance that has it. */
  finalize(): void {
    this.phase.beginCall(0);
    if (this.instance?.has(ABI_EXPORTS.finalize)) this.discardOnThrow(ABI_EXPORTS.finalize);
    this.instance = undefined;
  }

  private discardOnThrow(name: string): number {
    const instance = this.instance!;
    this.instance = undefined;
    const status = instance.call(name);
    this.instance = instance;
    return status;
  }
}

/** @param failure the guest's own words, if it has said any */
function requireSuccess(name: string, status: number, failure: string | undefined): void {
  if (status === 0) return;
  throw new StubError(
    "ERR_GUEST_FAILED",
    failure ?? `the model's ${name} failed with status ${status}`,
    { name, status },
  );
}
