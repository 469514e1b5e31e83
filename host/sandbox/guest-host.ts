import type { GuestModule } from "../guest/module.js";
import type { ModelServices } from "../guest/services.js";
import type { GuestHistory } from "./guest-history.js";

/** Deadlines of a guest in milliseconds, and its limit of failures. */
export interface GuestLimits {
  readonly initializeDeadlineMs: number;
  readonly executeDeadlineMs: number;
  /** Number of failures within a time window that makes the instance unavailable. */
  readonly failuresMax: number;
}

/** Observes the life of a model's guests. */
export interface GuestObserver {
  /** A guest was discarded because of `error`. */
  failed(error: unknown): void;
  /** A new guest replaces one that was discarded or stopped. */
  restarted(): void;
  /** The memory of the guest has changed to `bytes`; 0: there is no guest. */
  memory(bytes: number): void;
}

/** Options for the guest of a model instance. */
export interface GuestOptions {
  readonly module: GuestModule;
  readonly limits: GuestLimits;
  readonly history: GuestHistory;
  readonly observer: GuestObserver;
  /** Number of earlier instances of this guest, in executors that were stopped. */
  readonly restarts: number;
  /** Why the last of them was stopped; undefined without one. */
  readonly lastFailure: string | undefined;
}

/** The loaded guest of a model. */
export interface Guest {
  /**
   * Creates an instance and runs its `triton_initialize`.
   * @throws StubError when one of them fails
   */
  initialize(): void;
  /**
   * Runs the guest on the current batch.
   * @throws StubError when it traps or returns a status other than 0. When guests have failed too often, it throws ERR_GUEST_UNAVAILABLE
   * without running the guest
   */
  execute(): void;
  /**
   * Runs `triton_poll`, if there is an instance that has it.
   * @throws StubError as {@link execute}
   */
  poll(): void;
  /** Whether the module has `triton_is_ready`. */
  readonly knowsReadiness: boolean;
  /**
   * Runs `triton_is_ready`, which the module has.
   * @throws StubError as {@link execute}, and when the result is neither 0 nor 1
   */
  isReady(): boolean;
  /** Runs `triton_finalize`, if there is an instance that has it. */
  finalize(): void;
}

/** Runs guests. All code above the sandbox uses guests through this interface. */
export interface GuestHost {
  /**
   * Compiles a module under the deadline of `initialize`, because V8 may need much time and memory to compile it.
   * @param compile reads, inspects and compiles the module
   */
  compile(limits: GuestLimits, compile: () => GuestModule): GuestModule;
  /** Creates the guest for a model's batches. Its instance starts in {@link Guest.initialize}, or within its first batch. */
  load(model: ModelServices, options: GuestOptions): Guest;
  /**
   * Runs `triton_auto_complete` in a separate guest, which is discarded afterwards.
   * @throws StubError when the guest cannot be created, traps, or returns a status other than 0
   */
  autoComplete(model: ModelServices, module: GuestModule, limits: GuestLimits): void;
}
