import type { StubError } from "../../errors.js";
import { METRIC_KIND, type MetricKind } from "../../guest/services.js";
import type { GuestHistory } from "../../sandbox/guest-history.js";
import type { GuestObserver } from "../../sandbox/guest-host.js";
import type { InstanceArguments } from "../../wire/records/initialize.js";
import { modelLabels } from "./metric.js";
import type { Metrics } from "./metrics.js";

const TRAPS = ["wasm_guest_traps_total", "Guests discarded after a failure, by reason"] as const;
const RESTARTS = [
  "wasm_guest_restarts_total",
  "Guests started in the place of discarded ones",
] as const;
const DEADLINES = [
  "wasm_guest_deadline_exceeded_total",
  "Guest calls stopped at their deadline",
] as const;
const MEMORY = ["wasm_guest_memory_bytes", "Linear memory of the model's guests in bytes"] as const;

/**
 * Reports failures, restarts and memory of a model's guests on the server's metrics page. Each metric is created with its first event (the
 * memory's with the first batch), so a load does not take longer.
 */
export class GuestStatistics implements GuestObserver {
  private readonly metrics: Metrics;
  private readonly history: GuestHistory;
  private readonly instance: InstanceArguments;

  constructor(metrics: Metrics, history: GuestHistory, instance: InstanceArguments) {
    this.metrics = metrics;
    this.history = history;
    this.instance = instance;
  }

  failed(error: unknown): void {
    this.add(METRIC_KIND.counter, TRAPS, 1, { reason: reasonOf((error as StubError).code) });
  }

  restarted(): void {
    this.add(METRIC_KIND.counter, RESTARTS, 1);
  }

  memory(bytes: number): void {
    const growth = bytes - this.history.memoryBytes;
    if (growth === 0) return;
    this.history.memoryBytes = bytes;
    this.add(METRIC_KIND.gauge, MEMORY, growth);
  }

  /** The executor that ran the guest has ended. */
  stopped(reason: "deadline" | "died"): void {
    this.add(METRIC_KIND.counter, TRAPS, 1, { reason });
    if (reason === "deadline") this.add(METRIC_KIND.counter, DEADLINES, 1);
    this.memory(0);
  }

  private add(
    kind: MetricKind,
    [name, help]: readonly [string, string],
    by: number,
    more: Record<string, string> = {},
  ): void {
    const { modelName, version } = this.instance;
    const labels = modelLabels(modelName, version, more);
    const metric = this.metrics.tryOpen({ kind, name, help, labels });
    if (metric !== undefined) this.metrics.add(metric, by);
  }
}

/** @param code of the error that ended the guest */
function reasonOf(code: string | undefined): string {
  switch (code) {
    case "ERR_GUEST_TRAP":
      return "trap";
    case "ERR_GUEST_STACK":
      return "stack";
    case "ERR_GUEST_EXIT":
      return "exit";
    case "ERR_GUEST_FAILED":
      return "initialize";
    case "ERR_GUEST_POINTER":
    case "ERR_GUEST_ARGUMENT":
    case "ERR_GUEST_OUTPUT":
      return "abi";
    default:
      return "host";
  }
}
