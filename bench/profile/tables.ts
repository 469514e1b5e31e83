import type { Cell } from "../cell.js";
import type { BenchResults } from "../results.js";
import { median } from "../statistics.js";
import { type Metric, medianOf, rowsOf } from "../summary.js";
import { markdownTable } from "../table.js";
import { formatBytes, significant } from "../units.js";
import type { ProfileResults, StepTimes } from "./profile-results.js";

/** The model whose requests the table divides into parts. */
const MODEL = "wasm";
const NS_PER_US = 1_000;
/** Marks the parts of the row above. */
const PART = "– ";

type Row = readonly [title: string, us: (column: Column) => number];

/** One tensor size at concurrency 1. Times are in microseconds. */
interface Column {
  readonly bytes: number;
  readonly roundTrip: number;
  readonly serverTotal: number;
  readonly queue: number;
  readonly computeInput: number;
  readonly computeInfer: number;
  readonly computeOutput: number;
  readonly steps: Readonly<Record<keyof StepTimes, number>>;
}

const ROWS: readonly Row[] = [
  ["**whole request, as the client measures it**", (column) => column.roundTrip],
  ["client and gRPC", (column) => column.roundTrip - column.serverTotal],
  ["server: queue", (column) => column.queue],
  ["server: compute input (copy into the region)", (column) => column.computeInput],
  ["**compute infer**", (column) => column.computeInfer],
  [`${PART}stub: take the command from the queue`, ({ steps }) => steps.takeCommand],
  [`${PART}stub: decode message and request`, ({ steps }) => steps.decode],
  [
    `${PART}stub: call the guest, with the names that it reads and writes`,
    ({ steps }) => steps.guest,
  ],
  [
    `${PART}stub: lock, allocate, unlock, write the tensor's header`,
    ({ steps }) => steps.outputBlock,
  ],
  [`${PART}stub: copy the tensor`, ({ steps }) => steps.copy],
  [`${PART}stub: encode the response, push its message`, ({ steps }) => steps.answer],
  [`${PART}rest: both wake-ups, the server's part, cold caches`, rest],
  ["server: compute output (copy to the client)", (column) => column.computeOutput],
  ["after the answer, stub: take the token", ({ steps }) => steps.takeToken],
  ["after the answer, stub: free the blocks", ({ steps }) => steps.drop],
];

/**
 * How the time of one request is spent.
 * @returns undefined when the model or concurrency 1 was not measured
 */
export function requestTable(results: BenchResults, profile: ProfileResults): string | undefined {
  const columns = columnsOf(results, profile);
  if (columns.length === 0) return undefined;
  return markdownTable(
    ["µs", ...columns.map(({ bytes }) => formatBytes(bytes))],
    ROWS.map(([title, us]) => [title, ...columns.map((column) => significant(us(column)))]),
  );
}

function rest({ computeInfer, steps }: Column): number {
  const { takeCommand, decode, guest, outputBlock, copy, answer } = steps;
  return computeInfer - takeCommand - decode - guest - outputBlock - copy - answer;
}

function columnsOf(results: BenchResults, profile: ProfileResults): Column[] {
  return profile.steps.flatMap((steps) => {
    const rows = rowsOf(results, { bytes: steps.bytes, concurrency: 1 }, MODEL);
    if (rows.length === 0) return [];
    return {
      bytes: steps.bytes,
      // With one request at a time, the client always waits for one.
      roundTrip: median(rows.map(({ client }) => 1e6 / client.inferencesPerSecond)),
      serverTotal: median(rows.map(({ server }) => server.totalUs)),
      queue: median(rows.map(({ server }) => server.queueUs)),
      computeInput: median(rows.map(({ server }) => server.computeInputUs)),
      computeInfer: median(rows.map(({ server }) => server.computeInferUs)),
      computeOutput: median(rows.map(({ server }) => server.computeOutputUs)),
      steps: Object.fromEntries(
        Object.entries(steps).map(([step, ns]) => [step, ns / NS_PER_US]),
      ) as Column["steps"],
    };
  });
}

const COUNTERS: readonly Metric[] = [
  { title: "stub: CPU µs in user mode", of: ({ stubCost }) => stubCost.userUs },
  { title: "stub: CPU µs in the kernel", of: ({ stubCost }) => stubCost.systemUs },
  {
    title: "stub: waits (voluntary context switches)",
    of: ({ stubCost }) => stubCost.voluntarySwitches,
  },
  { title: "stub: page faults", of: ({ stubCost }) => stubCost.minorFaults },
  { title: "server: CPU µs", of: ({ serverCost }) => serverCost.userUs + serverCost.systemUs },
  {
    title: "server: waits (voluntary context switches)",
    of: ({ serverCost }) => serverCost.voluntarySwitches,
  },
  { title: "server: page faults", of: ({ serverCost }) => serverCost.minorFaults },
];

/** The kernel's counters of server and stub, for one request. */
export function counterTable(results: BenchResults): string {
  const { models, sizes } = results.settings;
  const cells: Cell[] = sizes.map((bytes) => ({ bytes, concurrency: 1 }));
  const rows = COUNTERS.flatMap((counter) =>
    models.map((model) => [
      `${counter.title}, ${model}`,
      ...cells.map((cell) => significant(medianOf(results, cell, model, counter))),
    ]),
  );
  return markdownTable(["per request", ...sizes.map(formatBytes)], rows);
}
