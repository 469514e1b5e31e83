import { MODEL_CONFIG_MAX_BYTES } from "../limits.js";
import { pause } from "../pause.js";
import { type ModelFunctions, STATUS_NONE, STATUS_OK } from "./abi.js";
import type { Border } from "./border.js";
import { readClock } from "./clock.js";
import { configImports } from "./config-imports.js";
import { fileImports } from "./file-imports.js";
import { metricImports } from "./metric-imports.js";
import { modelControlImports } from "./model-control-imports.js";
import { fillRandom } from "./random.js";
import type { ModelServices } from "./services.js";

/** Number of log levels. Higher levels count as the last one, verbose. */
const LOG_LEVELS = 4;

/** The host functions of the model: configuration, log, clock, random numbers and metrics. */
export function modelImports(border: Border, model: ModelServices): ModelFunctions {
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
    last_error: (target: number, capacity: number) =>
      border.write(border.lastError, target, capacity, "a buffer for an error text"),
    log: (level: number, text: number, length: number) => {
      model.log(logLevel(level), border.logLine(text, length, "a log text"));
      return STATUS_OK;
    },
    log_enabled: (level: number) => (model.logEnabled(logLevel(level)) ? 1 : 0),
    clock: (which: number) => readClock(which),
    sleep: (milliseconds: number) => {
      pause(milliseconds >>> 0);
      return STATUS_OK;
    },
    random: (target: number, length: number) => {
      fillRandom(border, model, target, length);
      return STATUS_OK;
    },
    ...configImports(border, model),
    ...fileImports(border, model),
    ...metricImports(border, model),
    ...modelControlImports(border, model),
  };
}

function logLevel(level: number): number {
  return Math.min(level >>> 0, LOG_LEVELS - 1);
}
