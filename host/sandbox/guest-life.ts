import { messageOf, StubError } from "../errors.js";
import { ABI_EXPORTS } from "../guest/abi.js";
import { GuestInstance } from "../guest/instance.js";
import type { GuestServices } from "../guest/services.js";
import {
  FAILURE_WINDOW_MS,
  FAILURES_MAX,
  FINALIZE_DEADLINE_MS,
  READINESS_DEADLINE_MS,
} from "../limits.js";
import { type CallTimer, underLimit } from "./call-timer.js";
import type { Guest, GuestOptions } from "./guest-host.js";

export interface GuestLifeOptions extends GuestOptions {
  readonly services: GuestServices;
  readonly timer: CallTimer;
}

/**
 * A model's guest from load to unload. An instance that trapped is discarded, and the next call gets a new one: a fault fails only the
 * batch in which it happens.
 */
export class GuestLife implements Guest {
  readonly knowsReadiness: boolean;
  private readonly options: GuestLifeOptions;
  private instance: GuestInstance | undefined;
  private restarts: number;
  private lastFailure: string | undefined;

  constructor(options: GuestLifeOptions) {
    this.options = options;
    this.restarts = options.restarts;
    this.lastFailure = options.lastFailure;
    const { exports } = options.module.facts;
    this.knowsReadiness = exports.some(({ name }) => name === ABI_EXPORTS.isReady);
    options.history.setFailureLimit(options.limits.failuresMax);
  }

  initialize(): void {
    const { timer, limits } = this.options;
    underLimit(timer, "initialize", limits.initializeDeadlineMs, () => this.start());
  }

  execute(): void {
    const { limits, history } = this.options;
    requireAvailable(history.unavailableMs(), limits.failuresMax, this.lastFailure);
    this.succeeds(ABI_EXPORTS.execute);
  }

  poll(): void {
    // A new instance knows none of the requests that the one before has kept.
    if (this.instance?.has(ABI_EXPORTS.poll)) this.succeeds(ABI_EXPORTS.poll);
  }

  isReady(): boolean {
    const { limits, history } = this.options;
    requireAvailable(history.unavailableMs(), limits.failuresMax, this.lastFailure);
    const status = this.run(ABI_EXPORTS.isReady, READINESS_DEADLINE_MS);
    if (status !== 0 && status !== 1) throw wrongReadiness(status);
    return status === 1;
  }

  private succeeds(name: string): void {
    const status = this.run(name, this.options.limits.executeDeadlineMs);
    requireSuccess(name, status, this.instance?.failure);
  }

  /** @returns the status of the export */
  private run(name: string, deadlineMs: number): number {
    const { timer, history, observer } = this.options;
    timer.begin("execute", deadlineMs);
    let instance: GuestInstance;
    let status: number;
    try {
      // The start after a trap counts as time of the batch: otherwise a guest could escape its deadline in it.
      instance = this.instance ?? this.start();
      this.instance = undefined;
      status = instance.call(name);
    } catch (error) {
      // Missing memory of the machine is not the guest's fault, and may be available for the next batch.
      if ((error as StubError).code !== "ERR_ENVIRONMENT") history.fail();
      this.lastFailure = messageOf(error);
      observer.failed(error);
      observer.memory(0);
      throw error;
    } finally {
      timer.end();
    }
    this.instance = instance;
    history.succeed();
    observer.memory(instance.memoryBytes);
    return status;
  }

  finalize(): void {
    const { timer, observer } = this.options;
    const { instance } = this;
    this.instance = undefined;
    observer.memory(0);
    if (!instance?.has(ABI_EXPORTS.finalize)) return;
    underLimit(timer, "finalize", FINALIZE_DEADLINE_MS, () => instance.call(ABI_EXPORTS.finalize));
  }

  private start(): GuestInstance {
    const { module, services } = this.options;
    if (this.restarts > 0) this.options.observer.restarted();
    const instance = new GuestInstance(module, services, this.restarts);
    this.restarts += 1;
    if (instance.has(ABI_EXPORTS.initialize)) {
      const status = instance.call(ABI_EXPORTS.initialize);
      requireSuccess(ABI_EXPORTS.initialize, status, instance.failure);
    }
    this.instance = instance;
    return instance;
  }
}

/**
 * Checks the status that an export of the guest returned.
 * @param failure the text that the guest passed to `fail`, if any
 * @throws StubError ERR_GUEST_FAILED unless the status is 0
 */
export function requireSuccess(name: string, status: number, failure: string | undefined): void {
  if (status === 0) return;
  throw new StubError(
    "ERR_GUEST_FAILED",
    failure ?? `the model's ${name} failed with status ${status}`,
    { name, status },
  );
}

function wrongReadiness(status: number): StubError {
  return new StubError(
    "ERR_GUEST_FAILED",
    `the model's ${ABI_EXPORTS.isReady} returned ${status}: it must return 1 if the model is ready, and 0 if it is not`,
    { status },
  );
}

function requireAvailable(
  waitMs: number,
  failuresMax: number,
  lastFailure: string | undefined,
): void {
  if (waitMs === 0) return;
  throw new StubError(
    "ERR_GUEST_UNAVAILABLE",
    `the model instance is unavailable for another ${waitMs} ms: ${failuresMax} of its guests failed within ` +
      `${FAILURE_WINDOW_MS / 1000} s (${FAILURES_MAX.parameter}); the last failure: ${lastFailure}`,
    { waitMs },
  );
}
