import type { Machine } from "../machine.js";

/** The steps of the stub for one request, in their order. Median nanoseconds. */
export interface StepTimes {
  /** Bytes of the tensor. */
  readonly bytes: number;
  readonly takeCommand: number;
  readonly decode: number;
  /** The call of the guest, which reads the names: everything but the copy. */
  readonly guest: number;
  /** Lock, allocate, unlock, write the head of the output tensor. */
  readonly outputBlock: number;
  readonly copy: number;
  /** Encode the responses and their message, and push the message. */
  readonly answer: number;
  readonly takeToken: number;
  readonly drop: number;
}

/** Times of semaphores between processes. Median nanoseconds. */
export interface WakeUpTimes {
  /** From the post of one process until the other, which slept, continues. */
  readonly wakeUp: number;
  /** A post and a wait of a semaphore, when no process sleeps. */
  readonly uncontended: number;
}

/** The measurements without a server, as in docs/benchmarks/profile.json. */
export interface ProfileResults {
  readonly machine: Machine;
  /** One for each tensor size. */
  readonly steps: readonly StepTimes[];
  readonly wakeUp: WakeUpTimes;
}
