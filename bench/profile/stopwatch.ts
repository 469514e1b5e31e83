import { median } from "../statistics.js";

/** Time between two consecutive readings of the clock, in nanoseconds. */
const READING_NS = clockNs();

/** Times the laps of repeated work. The value of a lap is its median, without the time of the clock readings. */
export class Stopwatch<Lap extends string> {
  private readonly laps = new Map<Lap, number[]>();
  private at = 0;

  /** Begins a lap. */
  start(): void {
    this.at = performance.now();
  }

  /** Ends the lap, and begins the next one. */
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
