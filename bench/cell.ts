import type { TritonServer } from "./harness.js";
import type { LoadResult, PerfAnalyzer } from "./perf-analyzer.js";
import { type ProcessCounters, perRequest, stubCounters, usedBetween } from "./process-cost.js";
import { type ServerTimes, serverStatistics, timesBetween } from "./server-statistics.js";
import { stubOf } from "./stub-process.js";

/** One tensor size at one load. */
export interface Cell {
  /** Bytes of the tensor. */
  readonly bytes: number;
  /** Number of concurrent requests. */
  readonly concurrency: number;
}

/** The measurement of one contender in one cell. Costs are per request. */
export interface Measurement {
  readonly client: LoadResult;
  readonly server: ServerTimes;
  readonly stubCost: ProcessCounters;
  readonly serverCost: ProcessCounters;
}

/** Puts load on the model for about 3.6 windows, and reads all counters before and after. */
export async function measureCell(
  server: TritonServer,
  load: PerfAnalyzer,
  model: string,
  cell: Cell,
  windowMs: number,
): Promise<Measurement> {
  const stub = stubOf(server, model);
  const before = await serverStatistics(server, model);
  const stubBefore = stubCounters(stub);
  const serverBefore = stubCounters(server.pid);
  const client = await load.run({ address: server.grpc.address, model, ...cell, windowMs });
  const serverUsed = usedBetween(serverBefore, stubCounters(server.pid));
  const stubUsed = usedBetween(stubBefore, stubCounters(stub));
  const times = timesBetween(before, await serverStatistics(server, model));
  return {
    client,
    server: times,
    stubCost: perRequest(stubUsed, times.requests),
    serverCost: perRequest(serverUsed, times.requests),
  };
}
