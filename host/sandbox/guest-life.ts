import { messageOf, StubError } from "../errors.js";
import { ABI_EXPORTS } from "../guest/abi.js";
import { GuestInstance } from "../guest/instance.js";
import type { GuestModule } from "../guest/module.js";
import type { GuestServices } from "../guest/services.js";
import { FAILURE_WINDOW_MS, FAILURES_MAX, FINALIZE_DEADLINE_MS } from "../limits.js";
import type { GuestRecord } from "./guest-record.js";

/** Who wants to know what becomes of a model's guests. */
export interface GuestObserver {
  /** A guest was thrown away because of `error`. */
  failed(error: unknown): void;
  /** A fresh guest has taken the place of one that was thrown away or stopped. */
  restarted(): void;
  /** The guest has so much memory now; 0: there is none. */
  memory(bytes: number): void;
}

/** Which of a guest's limits a call is under. */
export type CallLimit = "initialize" | "execute" | "finalize";

/** Whoever ends a guest that takes too long: told when a call of it begins and ends. */
export interface CallTimer {
  /** @param deadlineMs 0: any time */
  begin(limit: CallLimit, deadlineMs: number): void;
  end(): void;
}

/** What bounds a guest in time. */
export interface GuestLimits {
  readonly initializeDeadlineMs: number;
  readonly executeDeadlineMs: number;
  /** Failures within a window that make the instance unavailable for a while. */
  readonly failuresMax: number;
}

export interface GuestLifeOptions {
  readonly guest: GuestModule;
  readonly services: GuestServices;
  readonly timer: CallTimer;
  readonly record: GuestRecord;
  readonly limits: GuestLimits;
  readonly observer: GuestObserver;
  /** How many instances of this guest there have been, in executors that were stopped. */
  readonly restarts: number;
  /** Why the last of those was stopped; undefined when there was none. */
  readonly lastFailure: string | undefined;
}

/**
 * A model's guest from load to unload. An instance that trapped is thrown away; the next call gets a fresh one, so a
 * fault costs the batch in which it happens and no other.
 */
export class GuestLife {
  private readonly options: GuestLifeOptions;
  private instance: GuestInstance | undefined;
  private restarts: number;
  private lastFailure: string | undefined;

  constructor(options: GuestLifeOptions) {
    this.options = options;
    this.restarts = options.restarts;
    this.lastFailure = options.lastFailure;
    options.record.allow(options.limits.failuresMax);
  }

  /** Makes an instance and runs its `triton_initialize`. @throws StubError when either fails */
  initialize(): void {
    const { timer, limits } = this.options;
    underLimit(timer, "initialize", limits.initializeDeadlineMs, () => this.start());
  }

  /**
   * Runs the guest on the current batch.
   * @throws StubError when it traps or returns a status other than 0; ERR_GUEST_UNAVAILABLE, without a try, when its guests
   * have failed too often
   */
  execute(): void {
    const { timer, limits, record, observer } = this.options;
    requireAvailable(record.unavailableMs(), limits.failuresMax, this.lastFailure);
    timer.begin("execute", limits.executeDeadlineMs);
    let instance: GuestInstance;
    let status: number;
    try {
      // Within the batch's time: a guest must not escape its deadline by a start that follows a trap.
      instance = this.instance ?? this.start();
      this.instance = undefined;
      status = instance.call(ABI_EXPORTS.execute);
    } catch (error) {
      // A machine without memory is not the guest's fault, and the next batch may find some.
      if ((error as StubError).code !== "ERR_ENVIRONMENT") record.fail();
      this.lastFailure = messageOf(error);
      observer.failed(error);
      observer.memory(0);
      throw error;
    } finally {
      timer.end();
    }
    this.instance = instance;
    record.succeed();
    observer.memory(instance.memoryBytes);
    requireSuccess(ABI_EXPORTS.execute, status, instance.failure);
  }

  /** Runs `triton_finalize`, if there is an instance that has it. */
  finalize(): void {
    const { timer, observer } = this.options;
    const { instance } = this;
    this.instance = undefined;
    observer.memory(0);
    if (!instance?.has(ABI_EXPORTS.finalize)) return;
    underLimit(timer, "finalize", FINALIZE_DEADLINE_MS, () => instance.call(ABI_EXPORTS.finalize));
  }

  private start(): GuestInstance {
    const { guest, services } = this.options;
    if (this.restarts > 0) this.options.observer.restarted();
    const instance = new GuestInstance(guest, services, this.restarts);
    this.restarts += 1;
    if (instance.has(ABI_EXPORTS.initialize)) {
      const status = instance.call(ABI_EXPORTS.initialize);
      requireSuccess(ABI_EXPORTS.initialize, status, instance.failure);
    }
    this.instance = instance;
    return instance;
  }
}

/** Runs what counts as the guest's time. @param deadlineMs 0: any time */
export function underLimit<Result>(
  timer: CallTimer,
  limit: CallLimit,
  deadlineMs: number,
  action: () => Result,
): Result {
  timer.begin(limit, deadlineMs);
  try {
    return action();
  } finally {
    timer.end();
  }
}

/** @param failure the guest's own words, if it has said any */
export function requireSuccess(name: string, status: number, failure: string | undefined): void {
  if (status === 0) return;
  throw new StubError(
    "ERR_GUEST_FAILED",
    failure ?? `the model's ${name} failed with status ${status}`,
    { name, status },
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
