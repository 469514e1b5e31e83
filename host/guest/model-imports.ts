import { StubError } from "../errors.js";
import { MODEL_CONFIG_MAX_BYTES } from "../limits.js";
import { type MODEL_IMPORTS, STATUS_NONE, STATUS_OK } from "./abi.js";
import { type Border, checkIndex, type HostFunction } from "./border.js";
import { readClock } from "./clock.js";
import { fillRandom } from "./random.js";
import { type GuestGate, METRIC_KIND, type ModelServices } from "./services.js";
import { sleepInGuest } from "./sleep.js";

/** Levels beyond the last, verbose, count as verbose. */
const LOG_LEVELS = 4;

/** The host functions of the model. */
export function modelImports(
  border: Border,
  model: ModelServices,
  gate: GuestGate,
): Record<keyof typeof MODEL_IMPORTS, HostFunction> {
  return {
    argument: (key: number, keyLength: number, target: number, capacity: number) => {
      const value = model.argument(border.text(key, keyLength, "an argument's key"));
      if (value === undefined) return STATUS_NONE;
      return border.write(value, target, capacity, "a buffer for an argument");
    },
    set_model_config: (text: number, length: number) => {
      model.setModelConfig(
        border.text(text, length, "a model configuration", MODEL_CONFIG_MAX_BYTES),
      );
      return STATUS_OK;
    },
    instance_ordinal: () => model.ordinal,
    instance_restarts: () => border.restarts,
    fail: (text: number, length: number) => {
      border.failure = border.line(text, length, "an error text");
      return STATUS_OK;
    },
    log: (level: number, text: number, length: number) => {
      model.log(logLevel(level), border.logLine(text, length, "a log text"));
      return STATUS_OK;
    },
    log_enabled: (level: number) => (model.logEnabled(logLevel(level)) ? 1 : 0),
    clock: (which: number) => readClock(which),
    sleep: (milliseconds: number) => {
      sleepInGuest(gate, milliseconds >>> 0);
      return STATUS_OK;
    },
    random: (target: number, length: number) => {
      fillRandom(border, model, gate, target, length);
      return STATUS_OK;
    },
    metric_new: (
      kind: number,
      name: number,
      nameLength: number,
      help: number,
      helpLength: number,
    ) => {
      if (kind !== METRIC_KIND.counter && kind !== METRIC_KIND.gauge) {
        throw new StubError(
          "ERR_GUEST_ARGUMENT",
          `the model makes a metric of kind ${kind}: it must be 0, a counter, or 1, a gauge`,
          { kind },
        );
      }
      return model.newMetric(
        kind,
        border.text(name, nameLength, "a metric's name"),
        border.line(help, helpLength, "a metric's help"),
      );
    },
    metric_add: (metric: number, by: number) => {
      const index = checkIndex("metric", metric, model.metricCount());
      const falls = by < 0 && model.metricKind(index) === METRIC_KIND.counter;
      if (!Number.isFinite(by) || falls) {
        throw new StubError(
          "ERR_GUEST_ARGUMENT",
          `the model adds ${by} to metric ${index}: it must be a finite number, and for a counter not negative`,
          { metric: index, by },
        );
      }
      model.addToMetric(index, by);
      return STATUS_OK;
    },
    metric_set: (metric: number, value: number) => {
      const index = checkIndex("metric", metric, model.metricCount());
      if (!Number.isFinite(value) || model.metricKind(index) !== METRIC_KIND.gauge) {
        throw new StubError(
          "ERR_GUEST_ARGUMENT",
          `the model sets metric ${index} to ${value}: only a gauge can be set, and to a finite number`,
          { metric: index, value },
        );
      }
      model.setMetric(index, value);
      return STATUS_OK;
    },
  };
}

function logLevel(level: number): number {
  return Math.min(level >>> 0, LOG_LEVELS - 1);
}
