import type { TritonServer } from "./harness.js";

const PARTS = ["success", "queue", "compute_input", "compute_infer", "compute_output"] as const;

type Part = (typeof PARTS)[number];

/** The server's statistics of a model's requests since its load. Durations are in nanoseconds. */
export interface ServerStatistics {
  readonly requests: number;
  readonly failures: number;
  readonly ns: Readonly<Record<Part, number>>;
}

/** Mean times of one request inside the server, in microseconds. */
export interface ServerTimes {
  readonly requests: number;
  readonly totalUs: number;
  readonly queueUs: number;
  /** Copy of the inputs into the region. */
  readonly computeInputUs: number;
  /** From the message to the stub until its answer. */
  readonly computeInferUs: number;
  /** Copy of the outputs to the client's memory. */
  readonly computeOutputUs: number;
}

/** Reads the statistics of a model with one version. */
export async function serverStatistics(
  server: TritonServer,
  model: string,
): Promise<ServerStatistics> {
  const [{ inference_stats: statistics }] = await server.http.modelStatistics(model);
  return {
    requests: statistics.success.count,
    failures: statistics.fail.count,
    ns: Object.fromEntries(PARTS.map((part) => [part, statistics[part].ns])) as Record<
      Part,
      number
    >,
  };
}

/** @throws Error when a request failed between the two readings, or when none succeeded */
export function timesBetween(before: ServerStatistics, after: ServerStatistics): ServerTimes {
  const requests = after.requests - before.requests;
  const failures = after.failures - before.failures;
  if (failures > 0 || requests === 0) {
    throw new Error(
      `${failures} requests failed and ${requests} succeeded, so there is nothing to measure`,
    );
  }
  const meanUs = (part: Part) => (after.ns[part] - before.ns[part]) / requests / 1_000;
  return {
    requests,
    totalUs: meanUs("success"),
    queueUs: meanUs("queue"),
    computeInputUs: meanUs("compute_input"),
    computeInferUs: meanUs("compute_infer"),
    computeOutputUs: meanUs("compute_output"),
  };
}
