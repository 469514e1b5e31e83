import { messageOf, type StubError } from "../errors.js";
import { GUEST_TEXT_MAX_BYTES, METRIC_BUCKETS_MAX, METRIC_LABELS_MAX } from "../limits.js";
import { type ModelFunctions, STATUS_OK, STATUS_REFUSED } from "./abi.js";
import type { Border } from "./border.js";
import { METRIC_KIND, type MetricKind, type ModelServices } from "./services.js";

type AnyMetricFunctions = Pick<
  ModelFunctions,
  "metric_create" | "metric_observe" | "metric_value" | "metric_delete"
>;

/** Log level for a refused metric. */
const WARNING = 1;
const LABEL_BYTES = 16;
const DOUBLE_BYTES = 8;

/** Thrown for what the guest gets as a refusal. */
class Refusal extends Error {}

/**
 * The host functions of metrics of any kind and labels. All refusals are a status, with the reason in `last_error`; only a pointer beyond
 * the memory ends the call.
 * @param refuse notes the reason, and returns the status
 */
export function anyMetricImports(
  border: Border,
  model: ModelServices,
  refuse: (reason: string) => number,
): AnyMetricFunctions {
  const refusing = (run: () => number): number => {
    try {
      return run();
    } catch (error) {
      const isRefusal =
        error instanceof Refusal || (error as StubError).code === "ERR_METRIC_REFUSED";
      if (!isRefusal) throw error;
      return refuse(messageOf(error));
    }
  };
  /** @throws Refusal for a number that refers to no metric */
  const find = (metric: number): { readonly index: number; readonly kind: MetricKind } => {
    const index = metric >>> 0;
    const kind = index < model.metricCount() ? model.metricKind(index) : undefined;
    if (kind === undefined) throw new Refusal(goneMetric(metric));
    return { index, kind };
  };
  return {
    metric_create: (kind, name, nameLength, help, helpLength, labels, labelCount, at, count) => {
      const status = refusing(() => {
        const metric = {
          kind: kindOf(kind),
          name: text(border, name, nameLength, "a metric's name"),
          help: border.line(help, helpLength, "a metric's help"),
          labels: labelsAt(border, labels, labelCount),
          buckets: doublesAt(border, at, count),
        };
        return model.createMetric(metric);
      });
      if (status === STATUS_REFUSED) model.log(WARNING, border.lastError);
      return status;
    },
    metric_observe: (metric: number, value: number) =>
      refusing(() => {
        const { index, kind } = find(metric);
        if (kind !== METRIC_KIND.histogram || !Number.isFinite(value)) {
          throw new Refusal(
            `metric ${index} cannot observe ${value}: only a histogram can, and only a finite number`,
          );
        }
        model.observeMetric(index, value);
        return STATUS_OK;
      }),
    metric_value: (metric: number, target: number) =>
      refusing(() => {
        const to = border.range(target, DOUBLE_BYTES, "a buffer for a metric's value");
        const { index, kind } = find(metric);
        if (kind === METRIC_KIND.histogram) {
          throw new Refusal(`metric ${index} is a histogram, which has no single value`);
        }
        const value = model.metricValue(index);
        const { bytes } = border;
        new DataView(bytes.buffer, bytes.byteOffset).setFloat64(to, value, true);
        return STATUS_OK;
      }),
    metric_delete: (metric: number) =>
      refusing(() => {
        model.deleteMetric(find(metric).index);
        return STATUS_OK;
      }),
  };
}

/** Why the host refuses a number that refers to no metric. */
export function goneMetric(metric: number): string {
  return metric === STATUS_REFUSED
    ? "the metric was refused when it was created"
    : `metric ${metric >>> 0} does not exist: it was not created, or it was deleted`;
}

function kindOf(kind: number): MetricKind {
  const known = Object.values(METRIC_KIND).find((number) => number === kind);
  if (known !== undefined) return known;
  throw new Refusal(
    `a metric cannot have kind ${kind}: use 0 (counter), 1 (gauge) or 2 (histogram)`,
  );
}

function text(border: Border, pointer: number, length: number, what: string): string {
  if (length >>> 0 <= GUEST_TEXT_MAX_BYTES) return border.text(pointer, length, what);
  border.range(pointer, length, what);
  throw new Refusal(
    `${what} has ${length >>> 0} bytes, above the limit of ${GUEST_TEXT_MAX_BYTES}`,
  );
}

function labelsAt(border: Border, pointer: number, count: number): (readonly [string, string])[] {
  const number = count >>> 0;
  const at = border.wideRange(pointer, number * LABEL_BYTES, "the labels of a metric");
  if (number > METRIC_LABELS_MAX) {
    throw new Refusal(`a metric cannot have ${number} labels: the limit is ${METRIC_LABELS_MAX}`);
  }
  return Array.from({ length: number }, (_, index) => {
    const words = new Uint32Array(
      border.bytes.slice(at + index * LABEL_BYTES, at + (index + 1) * LABEL_BYTES).buffer,
    );
    const [name, nameLength, value, valueLength] = words;
    return [
      text(border, name!, nameLength!, "a label's name"),
      text(border, value!, valueLength!, "a label's value"),
    ] as const;
  });
}

function doublesAt(border: Border, pointer: number, count: number): number[] {
  const number = count >>> 0;
  const at = border.wideRange(pointer, number * DOUBLE_BYTES, "the buckets of a metric");
  if (number > METRIC_BUCKETS_MAX) {
    throw new Refusal(`a metric cannot have ${number} buckets: the limit is ${METRIC_BUCKETS_MAX}`);
  }
  if (number === 0) return [];
  return [...new Float64Array(border.bytes.slice(at, at + number * DOUBLE_BYTES).buffer)];
}
