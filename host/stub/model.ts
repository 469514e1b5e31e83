import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseModelConfig } from "../config/model-config.js";
import { StubError } from "../errors.js";
import { loadGuestModule } from "../guest/module.js";
import type { GuestServices } from "../guest/services.js";
import { GuestLife } from "../sandbox/guest-life.js";
import type { Phase } from "../sandbox/phase.js";
import type { InstanceArguments } from "../wire/initialize.js";

/** A module of this name beside the stub is what every model of that backend runs: how the identity backend is made. */
const BACKEND_MODULE = "model.wasm";

/**
 * Loads the guest of a model instance.
 * @param backendFolder the folder of this program
 * @throws StubError when configuration or module is refused
 */
export function loadModel(
  instance: InstanceArguments,
  backendFolder: string,
  services: GuestServices,
  phase: Phase,
): GuestLife {
  const config = parseModelConfig(instance.modelConfig);
  if (config.decoupled) {
    throw new StubError(
      "ERR_CONFIG_FIELD",
      `model '${instance.modelName}' sets model_transaction_policy.decoupled, which this backend does not support yet`,
      { field: "model_transaction_policy.decoupled" },
    );
  }
  const builtIn = join(backendFolder, BACKEND_MODULE);
  const file = existsSync(builtIn)
    ? builtIn
    : join(instance.modelDirectory, instance.version, config.modelFile);
  return new GuestLife(loadGuestModule(file), services, phase, config.executeDeadlineMs);
}
