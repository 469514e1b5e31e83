import type { BenchResults } from "./results.js";
import { cellsOf, challengers, METRICS, ratioOf, startupRatioOf } from "./summary.js";
import { formatBytes, formatRatio } from "./units.js";

/** Targets of the throughput relative to NVIDIA's. Each is for tensors of at least `fromBytes` bytes; the first that fits applies. */
const THROUGHPUT_TARGETS = [
  { fromBytes: 8 * 2 ** 20, ratio: 1.3 },
  { fromBytes: 2 ** 20, ratio: 1.15 },
  { fromBytes: 0, ratio: 1.0 },
] as const;

/** One target, and whether the median reaches it. */
export interface Verdict {
  readonly promise: string;
  readonly model: string;
  readonly target: string;
  readonly measured: string;
  readonly kept: boolean;
}

export function verdicts(results: BenchResults): Verdict[] {
  return challengers(results).flatMap((model) => [
    ...cellsOf(results).flatMap((cell) => {
      const place = `${formatBytes(cell.bytes)}, concurrency ${cell.concurrency}`;
      const throughput = ratioOf(results, cell, model, METRICS.throughput).median;
      const target = THROUGHPUT_TARGETS.find(({ fromBytes }) => cell.bytes >= fromBytes)!.ratio;
      const computeInfer = ratioOf(results, cell, model, METRICS.computeInfer).median;
      return [
        atLeast(`throughput, ${place}`, model, target, throughput),
        atMost(`compute infer, ${place}`, model, 1, computeInfer),
      ];
    }),
    ...(results.startup.length === 0
      ? []
      : [
          atMost(
            "start-up of an instance",
            model,
            1,
            startupRatioOf(results, model, "instanceMs").median,
          ),
        ]),
  ]);
}

function atLeast(promise: string, model: string, target: number, ratio: number): Verdict {
  const measured = formatRatio(ratio);
  return { promise, model, target: `≥ ${formatRatio(target)}`, measured, kept: ratio >= target };
}

function atMost(promise: string, model: string, target: number, ratio: number): Verdict {
  const measured = formatRatio(ratio);
  return { promise, model, target: `≤ ${formatRatio(target)}`, measured, kept: ratio <= target };
}
