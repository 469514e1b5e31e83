import { type Cell, type Measurement, measureCell } from "./cell.js";
import type { TritonServer } from "./harness.js";
import type { BenchOptions } from "./options.js";
import { orderAt } from "./order.js";
import type { PerfAnalyzer } from "./perf-analyzer.js";
import { formatBytes, significant } from "./units.js";

/** One measurement, with its round, model and cell. */
export interface RoundRow extends Cell, Measurement {
  readonly round: number;
  readonly model: string;
}

/** Measures all cells with all contenders, once per round. The contenders of a cell are measured directly after each other. */
export async function measureRounds(
  server: TritonServer,
  load: PerfAnalyzer,
  options: BenchOptions,
): Promise<RoundRow[]> {
  const rows: RoundRow[] = [];
  const cells = cellsOf(options);
  for (let round = 0; round < options.rounds; round++) {
    for (const [index, cell] of cells.entries()) {
      const names = orderAt(options.contenders, round + index).map(({ name }) => name);
      const rates: string[] = [];
      for (const model of names) {
        const measurement = await measureCell(server, load, model, cell, options.windowMs);
        rows.push({ round, model, ...cell, ...measurement });
        rates.push(`${model} ${significant(measurement.client.inferencesPerSecond)}/s`);
      }
      const place = `round ${round + 1}/${options.rounds}`;
      console.error(
        `${place}  ${formatBytes(cell.bytes)} x ${cell.concurrency}: ${rates.join(", ")}`,
      );
    }
  }
  return rows;
}

function cellsOf(options: BenchOptions): Cell[] {
  return options.sizes.flatMap((bytes) =>
    options.concurrencies.map((concurrency) => ({ bytes, concurrency })),
  );
}
