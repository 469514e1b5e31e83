import type { GuestModule } from "../guest/module.js";
import type { ModelServices } from "../guest/services.js";
import type { GuestHistory } from "./guest-history.js";

/** What bounds a guest in time. */
export interface GuestLimits {
  readonly initializeDeadlineMs: number;
  readonly executeDeadlineMs: number;
  /** Failures within a window that make the instance unavailable for a while. */
  readonly failuresMax: number;
}

/** Takes note of what becomes of a model's guests. */
export interface GuestObserver {
  /** A guest was thrown away because of `error`. */
  failed(error: unknown): void;
  /** A fresh guest has taken the place of one that was thrown away or stopped. */
  restarted(): void;
  /** The guest has so much memory now; 0: there is none. */
  memory(bytes: number): void;
}

/** The guest of a model instance, from one process of the instance to the next. */
export interface GuestOptions {
  readonly module: GuestModule;
  readonly limits: GuestLimits;
  readonly history: GuestHistory;
  readonly observer: GuestObserver;
  /** How many instances of this guest there have been, in executors that were stopped. */
  readonly restarts: number;
  /** Why the last of those was stopped; undefined when there was none. */
  readonly lastFailure: string | undefined;
}

/** A model's guest, loaded. */
export interface Guest {
  /** Makes an instance and runs its `triton_initialize`. @throws StubError when either fails */
  initialize(): void;
  /**
   * Runs the guest on the current batch.
   * @throws StubError when it traps or returns a status other than 0; ERR_GUEST_UNAVAILABLE, without a try, when its guests
   * have failed too often
   */
  execute(): void;
  /** Runs `triton_finalize`, if there is an instance that has it. */
  finalize(): void;
}

/** Where guests run: all that is above the sandbox reaches them through this interface. */
export interface GuestHost {
  /**
   * Makes a module ready. V8 may take long, and much memory, for what it compiles: that is the guest's time as well.
   * @param compile reads, inspects and compiles it
   */
  compile(limits: GuestLimits, compile: () => GuestModule): GuestModule;
  /** The guest that works on a model's batches. It starts with {@link Guest.initialize}, or within its first batch. */
  load(model: ModelServices, options: GuestOptions): Guest;
  /**
   * Runs `triton_auto_complete` in a guest of its own, which is gone afterwards.
   * @throws StubError when the guest cannot be made, traps, or returns a status other than 0
   */
  autoComplete(model: ModelServices, module: GuestModule, limits: GuestLimits): void;
}
