import type { Machine } from "../machine.js";

/** What the stub does for one request, in this order. Median nanoseconds. */
export interface StepTimes {
  /** Bytes of the tensor. */
  readonly bytes: number;
  readonly takeCommand: number;
  readonly decode: number;
  /** Into the guest, its look at the names, out again: everything but the copy. */
  readonly guest: number;
  /** Lock, allocate, unlock, write the head of the output tensor. */
  readonly outputBlock: number;
  readonly copy: number;
  /** Encode the responses and their message, push it. */
  readonly answer: number;
  readonly takeToken: number;
  readonly drop: number;
}

/** What semaphores between processes cost. Median nanoseconds. */
export interface WakeUpTimes {
  /** From one process's post until the other, which slept, runs on. */
  readonly wakeUp: number;
  /** A post and a wait of a semaphore for which nobody has to wake up. */
  readonly uncontended: number;
}

/** What was measured without a server: docs/benchmarks/profile.json. */
export interface ProfileResults {
  readonly machine: Machine;
  /** One for each tensor size. */
  readonly steps: readonly StepTimes[];
  readonly wakeUp: WakeUpTimes;
}
