import { expect } from "@jest/globals";
import { objectAt } from "../../../host/shm/ownership.js";
import { type Opened, regionOf } from "./opened.js";
import { again } from "./round-trip.js";

const KINDS = ["COUNTER", "GAUGE", "HISTOGRAM"];
const DOUBLE_BYTES = 8;

/** A request about metrics, or the server's answer. */
export function compareMetrics(one: Opened): void {
  const { dialect, args, fixture } = one;
  const { flagAt } = dialect.metrics.fields.of(args);
  expect(one.view.getUint8(flagAt)).toBe(one.isAnswered ? 1 : 0);
  if (one.isAnswered) compareAnswer(one);
  else if (fixture.command.startsWith("MetricFamily")) compareFamily(one);
  else compareMetric(one);
}

function compareAnswer({ dialect, reader, args, expected }: Opened): void {
  const error = dialect.metrics.readError(reader, args);
  expect(error !== undefined).toBe(expected.hasError);
  if (expected.error !== undefined) expect(error).toBe(expected.error);
  if (expected.value !== undefined) {
    expect(dialect.metrics.readValue(reader, args)).toBe(expected.value);
  }
  if (expected.address !== undefined) {
    expect(dialect.metrics.readAddress(reader, args)).not.toBe(0n);
  }
}

function compareFamily(one: Opened): void {
  const { dialect, reader, args, expected, fixture } = one;
  const { metrics } = dialect;
  const family = metrics.decodeFamily(reader, metrics.decodeMessage(reader, args));
  if (expected.name !== undefined) {
    const { name, help, kind } = family;
    expect([name, help, KINDS[kind]]).toEqual([expected.name, expected.description, expected.kind]);
  }
  if (expected.addressOf !== undefined) {
    expect(family.family).toBe(addressIn(regionOf(fixture, expected.addressOf)));
  }
  again(one, ({ writer, reader }) =>
    expect(metrics.decodeFamily(reader, metrics.encodeFamilyLocked(writer, family))).toEqual(
      family,
    ),
  );
}

function compareMetric(one: Opened): void {
  const { dialect, reader, args, expected, fixture } = one;
  const { metrics } = dialect;
  const block = metrics.decodeMessage(reader, args);
  const metric = metrics.decodeMetric(reader, block);
  expect(JSON.parse(metric.labels)).toEqual(expected.labels);
  if (expected.value !== undefined) expect(metric.operand).toBe(expected.value);
  if (expected.addressOf !== undefined) {
    expect(metric.metric).toBe(addressIn(regionOf(fixture, expected.addressOf)));
  }
  expect(metric.family).toBe(addressIn(regionOf(fixture, expected.familyAddressOf)));
  if (expected.buckets !== undefined) expect(bucketsOf(one, block)).toEqual(expected.buckets);
  again(one, ({ writer, reader }) => {
    const own = metrics.encodeMetricLocked(writer, metric);
    metrics.setOperand(writer, own, metric.operand);
    expect(metrics.decodeMetric(reader, own)).toEqual(metric);
  });
}

/** The address in the server's answer to a request for something new. */
function addressIn({ dialect, reader, args }: Opened): bigint {
  return dialect.metrics.readAddress(reader, args);
}

/** Of a histogram, which this stub does not make. */
function bucketsOf(one: Opened, block: number): number[] {
  const memory = one.field("MetricShm", block, "buckets_shm_handle");
  const bytes = one.field("MemoryShm", memory, "byte_size");
  const from = objectAt(memory as never) + one.layout.structs.MemoryShm!.size;
  return Array.from({ length: bytes / DOUBLE_BYTES }, (_, index) =>
    one.view.getFloat64(from + index * DOUBLE_BYTES, true),
  );
}
