import { messageOf } from "../../host/errors.js";
import { Random } from "./random.js";
import { Watchdog } from "./watchdog.js";

/** A case takes milliseconds. */
const HANG_MS = 10_000;

/** Something that takes bytes from people who may be hostile. */
export interface FuzzTarget {
  readonly name: string;
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
  readonly seconds: number;
  /** How long one case may take before the process is ended. */
  readonly hangMs?: number;
}

/** Tries inputs until the time is over. @throws Error that shows seed and input as soon as a property does not hold */
export function fuzz(target: FuzzTarget, { seed, seconds, hangMs = HANG_MS }: FuzzRun): Outcomes {
  const outcomes = new Map<string, number>();
  const watchdog = new Watchdog(target.name, hangMs);
  const end = performance.now() + seconds * 1_000;
  try {
    for (let current = seed; performance.now() < end; current++) {
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
