import { median } from "../statistics.js";

/** What two readings of the clock in a row take, in nanoseconds. */
const READING_NS = clockNs();

/** The laps of something done again and again. Each lap's value is its median, without the price of the clock. */
export class Stopwatch<Lap extends string> {
  private readonly laps = new Map<Lap, number[]>();
  private at = 0;

  /** The next lap begins now. */
  start(): void {
    this.at = performance.now();
  }

  /** Ends a lap; the next one begins. */
  lap(name: Lap): void {
    const now = performance.now();
    const times = this.laps.get(name);
    if (times === undefined) this.laps.set(name, [now - this.at]);
    else times.push(now - this.at);
    this.at = performance.now();
  }

  /** Median of a lap in nanoseconds. */
  ns(name: Lap): number {
    return Math.max(0, median(this.laps.get(name) ?? []) * 1e6 - READING_NS);
  }
}

function clockNs(): number {
  const readings = Array.from({ length: 10_000 }, () => {
    const begin = performance.now();
    return performance.now() - begin;
  });
  return median(readings) * 1e6;
}
