import { messageOf, type StubError } from "../errors.js";
import { MODEL_CONFIG_MAX_BYTES } from "../limits.js";
import { type ModelFunctions, STATUS_OK, STATUS_REFUSED } from "./abi.js";
import type { Border } from "./border.js";
import type { ModelServices } from "./services.js";

type ControlFunctions = Pick<ModelFunctions, "model_load" | "model_unload" | "model_is_ready">;

/** The host functions that load and unload other models of the server. A refusal is a status, and not a trap. */
export function modelControlImports(border: Border, model: ModelServices): ControlFunctions {
  const nameOf = (name: number, length: number) => border.text(name, length, "a model's name");
  const orRefused = (action: () => number) => {
    try {
      return action();
    } catch (error) {
      if ((error as StubError).code !== "ERR_CALL_REFUSED") throw error;
      border.lastError = messageOf(error);
      return STATUS_REFUSED;
    }
  };
  return {
    model_load: (name, nameLength, config, configLength) => {
      const text = nameOf(name, nameLength);
      const json = border.text(
        config,
        configLength,
        "a model configuration",
        MODEL_CONFIG_MAX_BYTES,
      );
      return orRefused(() => {
        model.loadModel(text, json);
        return STATUS_OK;
      });
    },
    model_unload: (name, nameLength, dependents) => {
      const text = nameOf(name, nameLength);
      return orRefused(() => {
        model.unloadModel(text, dependents !== 0);
        return STATUS_OK;
      });
    },
    model_is_ready: (name, nameLength, version) => {
      const text = nameOf(name, nameLength);
      return orRefused(() => (model.isModelReady(text, version) ? 1 : 0));
    },
  };
}
