import type { Handle } from "../../numbers.js";
import type { MetricFamily } from "../../wire/records/metrics.js";
import type { MetricAddresses, MetricKey } from "./metric-registry.js";

/** What a metric is, before the server has it. */
export interface MetricSpec extends MetricKey, MetricFamily {
  /** Ascending upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

/** A metric that the server has. It outlives the executor that asked for it. */
export interface Metric extends MetricSpec, MetricAddresses {
  /**
   * Handles of the update message, which is sent for each change: the metric's block, the record that carries it, the message around both.
   */
  readonly block: Handle;
  readonly record: Handle;
  readonly message: Handle;
  /** Handle of a block with the change of a counter that is not sent yet, a double: a later executor sends it. */
  readonly rest: Handle;
  /** All blocks of the region that it has. */
  readonly blocks: readonly Handle[];
}

/**
 * Labels of every metric of a model version.
 * @returns a JSON object of strings
 */
export function modelLabels(
  model: string,
  version: string,
  more: Readonly<Record<string, string>> = {},
): string {
  return JSON.stringify({ model, version, ...more });
}
