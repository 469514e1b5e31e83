import { messageOf, StubError } from "../errors.js";
import { type ModelFunctions, STATUS_OK, STATUS_REFUSED } from "./abi.js";
import { anyMetricImports, goneMetric } from "./any-metric-imports.js";
import { type Border, checkIndex } from "./border.js";
import { METRIC_KIND, type ModelServices } from "./services.js";

type MetricFunctions = Pick<ModelFunctions, Extract<keyof ModelFunctions, `metric_${string}`>>;

/** Log level for a refused metric. */
const WARNING = 1;

/**
 * The host functions that create and change metrics. A refusal is a status, not a trap: a number that a client sent must not end the
 * call.
 */
export function metricImports(border: Border, model: ModelServices): MetricFunctions {
  const refuse = (reason: string): number => {
    border.lastError = reason;
    return STATUS_REFUSED;
  };
  /** Changes a metric. The index of a refused metric (-1) changes nothing. */
  const change = (metric: number, apply: (index: number) => string | undefined): number => {
    if (metric === STATUS_REFUSED) return STATUS_REFUSED;
    const index = checkIndex("metric", metric, model.metricCount());
    const refusal = model.metricKind(index) === undefined ? goneMetric(index) : apply(index);
    return refusal === undefined ? STATUS_OK : refuse(refusal);
  };
  return {
    ...anyMetricImports(border, model, refuse),
    metric_new: (kind: number, name: number, nameLength: number, help: number, length: number) => {
      if (kind !== METRIC_KIND.counter && kind !== METRIC_KIND.gauge) {
        throw new StubError(
          "ERR_GUEST_ARGUMENT",
          `the model created a metric of kind ${kind}: use 0 (counter) or 1 (gauge)`,
          { kind },
        );
      }
      const nameText = border.text(name, nameLength, "a metric's name");
      const helpText = border.line(help, length, "a metric's help");
      try {
        return model.newMetric(kind, nameText, helpText);
      } catch (error) {
        if ((error as StubError).code !== "ERR_METRIC_REFUSED") throw error;
        model.log(WARNING, messageOf(error));
        return refuse(messageOf(error));
      }
    },
    metric_add: (metric: number, by: number) =>
      change(metric, (index) => {
        const kind = model.metricKind(index);
        if (kind === METRIC_KIND.histogram)
          return `metric ${index} is a histogram: observe a value instead`;
        const falls = by < 0 && kind === METRIC_KIND.counter;
        if (!Number.isFinite(by) || falls) {
          return `${by} cannot be added to metric ${index}: the number must be finite, and not negative for a counter`;
        }
        model.addToMetric(index, by);
        return undefined;
      }),
    metric_set: (metric: number, value: number) =>
      change(metric, (index) => {
        if (!Number.isFinite(value) || model.metricKind(index) !== METRIC_KIND.gauge) {
          return `metric ${index} cannot be set to ${value}: only a gauge can be set, and only to a finite number`;
        }
        model.setMetric(index, value);
        return undefined;
      }),
  };
}
