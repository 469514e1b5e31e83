import { monotonicMs } from "../monotonic.js";

/** The command that the executor works on, as the supervisor sees it. */
export const COMMAND = {
  none: 0,
  autoComplete: 1,
  initialize: 2,
  execute: 3,
  finalize: 4,
} as const;

export type CommandSlot = (typeof COMMAND)[keyof typeof COMMAND];

const COMMAND_SLOT = 0;
const ANSWERED_SLOT = 1;
const FINALIZING_SINCE_SLOT = 2;
const ARGS_SLOT = 3;
const SERVING_SLOT = 4;
const SLOTS = 5;

const CLOCK_MASK = 0x7fff_ffff;

/**
 * What the supervisor must know of the executor when that dies. Written by the executor, and by the supervisor while
 * there is no executor.
 *
 * ```
 *  command    | answered | means
 *  none       | 0        | waits for a command
 *  any        | 0        | the server waits for an answer
 *  any        | 1        | answered; the server's token "you may release" has not been taken yet
 * ```
 */
export class Slots {
  readonly buffer: SharedArrayBuffer;
  private readonly slots: Int32Array;

  constructor(buffer = new SharedArrayBuffer(4 * SLOTS)) {
    this.buffer = buffer;
    this.slots = new Int32Array(buffer);
  }

  get command(): CommandSlot {
    return Atomics.load(this.slots, COMMAND_SLOT) as CommandSlot;
  }

  set command(command: CommandSlot) {
    Atomics.store(this.slots, COMMAND_SLOT, command);
  }

  get answered(): boolean {
    return Atomics.load(this.slots, ANSWERED_SLOT) !== 0;
  }

  set answered(answered: boolean) {
    Atomics.store(this.slots, ANSWERED_SLOT, answered ? 1 : 0);
  }

  /** Whether the executor has taken a command since it was started. */
  get serving(): boolean {
    return Atomics.load(this.slots, SERVING_SLOT) !== 0;
  }

  set serving(serving: boolean) {
    Atomics.store(this.slots, SERVING_SLOT, serving ? 1 : 0);
  }

  /** Handle of the current command's record. */
  get args(): number {
    return Atomics.load(this.slots, ARGS_SLOT) >>> 0;
  }

  set args(handle: number) {
    Atomics.store(this.slots, ARGS_SLOT, handle);
  }

  /** Executor: the server has its FinalizeResponse and waits for the process to end. */
  startFinalizing(): void {
    Atomics.store(this.slots, FINALIZING_SINCE_SLOT, monotonicMs() & CLOCK_MASK || 1);
  }

  /** Milliseconds since {@link startFinalizing}, -1 before it. */
  finalizingMs(): number {
    const since = Atomics.load(this.slots, FINALIZING_SINCE_SLOT);
    return since === 0 ? -1 : ((monotonicMs() & CLOCK_MASK) - since) & CLOCK_MASK;
  }
}
