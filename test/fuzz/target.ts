import { messageOf } from "../../host/errors.js";
import { Random } from "../support/random.js";
import { Watchdog } from "./watchdog.js";

/** A case takes milliseconds of the processor, and a few hundred at most. */
const HANG_MS = 5_000;

/** Something that takes bytes from people who may be hostile. */
export interface FuzzTarget {
  readonly name: string;
  /** Makes what all cases share. Its time is not that of a case: the collector of garbage may need seconds for large regions. */
  prepare?(): void;
  /** An input, the same for the same random numbers. */
  make(random: Random): Uint8Array;
  /** @returns what became of the input, to be counted; throws when a property does not hold */
  check(input: Uint8Array): string;
}

/** How often each outcome came. */
export type Outcomes = ReadonlyMap<string, number>;

export interface FuzzRun {
  /** The first case's; the next has the next number. */
  readonly seed: number;
  /** How many cases at most. */
  readonly cases?: number;
  /** After how long no case begins any more. */
  readonly seconds?: number;
  /** Milliseconds of the processor that one case may take before the process is ended. */
  readonly hangMs?: number;
}

/**
 * Tries inputs until there were enough of them, or the time is over.
 * @throws Error that shows seed and input as soon as a property does not hold
 */
export function fuzz(target: FuzzTarget, run: FuzzRun): Outcomes {
  const { seed, cases = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY } = run;
  const outcomes = new Map<string, number>();
  target.prepare?.();
  const watchdog = new Watchdog(target.name, run.hangMs ?? HANG_MS);
  const end = performance.now() + seconds * 1_000;
  try {
    for (let current = seed; current < seed + cases && performance.now() < end; current++) {
      watchdog.begin(current);
      const outcome = fuzzOnce(target, current);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  } finally {
    watchdog.end();
  }
  return outcomes;
}

/** Tries the input of one seed. */
export function fuzzOnce(target: FuzzTarget, seed: number): string {
  const input = target.make(new Random(seed));
  try {
    return target.check(input);
  } catch (error) {
    throw new Error(
      `${target.name}, seed ${seed}: ${messageOf(error)}\ninput in base64: ${Buffer.from(input).toString("base64")}`,
      { cause: error },
    );
  }
}
