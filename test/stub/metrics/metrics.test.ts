import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import type { Endpoint } from "../../../host/channel/endpoint.js";
import { Exchange } from "../../../host/channel/exchange.js";
import { METRIC_KIND, type MetricKind } from "../../../host/guest/services.js";
import { METRICS_IDLE_MS, METRICS_PAUSE_MS, QUEUE_WAIT_MS } from "../../../host/limits.js";
import { objectAt } from "../../../host/shm/ownership.js";
import type { Metric } from "../../../host/stub/metrics/metric.js";
import { MetricRegistry } from "../../../host/stub/metrics/metric-registry.js";
import { Metrics } from "../../../host/stub/metrics/metrics.js";
import { startChild } from "../../support/child.js";
import { stubEndpoint } from "../../support/region/endpoint.js";
import { ParentRegion } from "../../support/region/parent-region.js";

const SPEC = { name: "things", help: "", labels: "{}" };

const MONITOR = new URL("../../support/region/side-monitor.mjs", import.meta.url);

let parent: ParentRegion;
let endpoint: Endpoint;
let exchange: Exchange;
let metric: Metric;
let metrics: Metrics;

/** A metric that an earlier executor has created. */
function createdMetric(kind: MetricKind): Metric {
  const { heap, writer, dialect } = endpoint;
  return heap.locked(() => {
    const block = dialect.metrics.encodeMetricLocked(writer, { ...SPEC, family: 1n, metric: 2n });
    const record = dialect.metrics.encodeMessageLocked(writer, block);
    const message = dialect.message.encodeLocked(writer, dialect.commands.metricIncrement, record);
    const rest = writer.constructLocked(8);
    writer.zero(objectAt(rest), 8);
    return { ...SPEC, kind, family: 1n, metric: 2n, block, record, message, rest, blocks: [] };
  });
}

/** The amounts that the server has got. */
function received(): number[] {
  const { dialect, reader } = endpoint;
  const amounts: number[] = [];
  while (parent.queue("stub_to_parent_mq").pop(0) > 0) {
    amounts.push(dialect.metrics.decodeMetric(reader, metric.block).operand);
  }
  return amounts;
}

/** The clock of the metrics, which only {@link passPause} moves. */
let nowMs = 0;
const passPause = () => {
  nowMs += METRICS_PAUSE_MS;
};

/** The server has made the last change. */
const answer = () => parent.region.view.setUint8(exchange.at.flagAt, 1);

beforeEach(() => {
  jest.spyOn(process, "hrtime").mockImplementation(() => [0, nowMs * 1e6]);
  parent = new ParentRegion({ release: "23.12" });
  ({ endpoint } = stubEndpoint(parent, "23.12"));
  use(METRIC_KIND.counter);
});

/** Makes a metric of this kind, and the metrics of an executor that has it. */
function use(kind: MetricKind): void {
  metric = createdMetric(kind);
  exchange = new Exchange(
    endpoint.region,
    metric.message,
    endpoint.dialect.metrics.fields.of(metric.record),
  ).initLocks();
  metrics = executorsMetrics();
}

/** The metrics as an executor finds them. */
function executorsMetrics(): Metrics {
  return new Metrics({
    endpoint,
    registry: new MetricRegistry({ path: "/nowhere", self: "stub" }),
    metrics: [metric],
    onNew() {},
    onDeleted() {},
    created: () => 1,
    onClosed() {},
    onRefusal: (message) => {
      throw new Error(message);
    },
    isDeferred: false,
  });
}
afterEach(() => {
  jest.restoreAllMocks();
  parent.close();
});

test("a batch does not wait for the server's answer to the change before: both changes that came meanwhile are sent as one", () => {
  metrics.add(0, 1);
  metrics.sender.sendWithBatch();
  expect(received()).toEqual([1]);
  for (const amount of [2, 3]) {
    metrics.add(0, amount);
    metrics.sender.sendWithBatch();
    metrics.sender.sendRest();
  }
  expect(received()).toEqual([]);
  answer();
  metrics.sender.sendRest();
  expect(received()).toEqual([5]);
  answer();
  metrics.sender.sendRest();
  expect(received()).toEqual([]);
});

test("the changes of batches that follow each other quickly are sent as one, and without a further batch after a moment", () => {
  metrics.add(0, 1);
  metrics.sender.sendWithBatch();
  answer();
  expect(received()).toEqual([1]);
  expect(metrics.sender.waitMs).toBe(QUEUE_WAIT_MS);
  for (const amount of [2, 3]) {
    metrics.add(0, amount);
    metrics.sender.sendWithBatch();
  }
  expect(received()).toEqual([]);
  expect(metrics.sender.waitMs).toBe(METRICS_IDLE_MS);
  passPause();
  metrics.add(0, 4);
  metrics.sender.sendWithBatch();
  expect(received()).toEqual([9]);
  answer();
  metrics.add(0, 5);
  metrics.sender.sendWithBatch();
  expect(received()).toEqual([]);
  metrics.sender.sendRest();
  expect(received()).toEqual([5]);
});

test("a later executor sends what the one before it has left, once", () => {
  for (const amount of [1, 2, 3]) {
    metrics.add(0, amount);
    metrics.sender.sendWithBatch();
    answer();
  }
  metrics.add(0, 100); // of a batch in which it is stopped
  expect(received()).toEqual([1]);
  metrics = executorsMetrics();
  expect(metrics.sender.waitMs).toBe(METRICS_IDLE_MS);
  metrics.sender.sendRest();
  expect(received()).toEqual([5]);
  metrics = executorsMetrics();
  expect(metrics.sender.waitMs).toBe(QUEUE_WAIT_MS);
});

test("the server has the change of a gauge before the batch is answered: another instance may change it next", async () => {
  use(METRIC_KIND.gauge);
  const server = startChild(MONITOR, parent.name, "23.12", parent.controlHandle);
  try {
    expect(await server.line()).toBe("ready");
    for (const value of [7, 8, 9]) {
      metrics.set(0, value);
      metrics.sender.sendWithBatch();
      expect(endpoint.side.isPending).toBe(false);
      expect(endpoint.dialect.metrics.decodeMetric(endpoint.reader, metric.block).operand).toBe(
        value,
      );
      expect(metrics.sender.waitMs).toBe(QUEUE_WAIT_MS);
      expect(await server.line()).toBe("MetricRequestSet");
    }
  } finally {
    await server.kill();
  }
});

test("an executor that waits for a command ends the exchange, without a command", () => {
  metrics.add(0, 1);
  metrics.sender.sendWithBatch();
  expect(endpoint.takeCommand()).toBe(0);
  expect(endpoint.side.isPending).toBe(true);
  answer();
  expect(endpoint.takeCommand(0)).toBe(0);
  expect(endpoint.side.isPending).toBe(false);
});
