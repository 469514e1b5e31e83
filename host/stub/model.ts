import { existsSync } from "node:fs";
import { join } from "node:path";
import { instanceOrdinal } from "../config/instance-ordinal.js";
import { parseModelConfig } from "../config/model-config.js";
import { PARAMETER_IMPORTS, UNCARRIED_PARAMETER } from "../guest/abi.js";
import { loadGuestModule } from "../guest/module.js";
import { GuestLife } from "../sandbox/guest-life.js";
import type { Phase } from "../sandbox/phase.js";
import { LOG_LEVEL } from "../wire/datatypes.js";
import type { InstanceArguments } from "../wire/initialize.js";
import type { ServerRelease } from "../wire/release/detect.js";
import type { Batch } from "./batch.js";
import type { Counters } from "./counters.js";
import type { Logger } from "./logger.js";
import { StubModelServices } from "./model-services.js";

/** A module of this name beside the stub is what every model of that backend runs: how the identity backend is made. */
const BACKEND_MODULE = "model.wasm";

/** What a guest is loaded from, and what it works with. */
export interface ModelSource {
  readonly instance: InstanceArguments;
  /** Folder of this program. */
  readonly backendFolder: string;
  readonly serverPid: number;
  readonly batch: Batch;
  readonly counters: Counters;
  readonly logger: Logger;
  readonly phase: Phase;
  /** How many instances of the guest there have been in executors that were stopped; 0 while the server loads the model. */
  readonly restarts: number;
  readonly server: ServerRelease;
}

/**
 * Loads the guest of a model instance.
 * @throws StubError when configuration or module is refused
 */
export function loadModel(source: ModelSource): GuestLife {
  const { instance, backendFolder, serverPid, batch, counters, logger, phase, restarts, server } =
    source;
  const config = parseModelConfig(instance.modelConfig);
  const builtIn = join(backendFolder, BACKEND_MODULE);
  const file = existsSync(builtIn)
    ? builtIn
    : join(instance.modelDirectory, instance.version, config.modelFile);
  const module = loadGuestModule(file);
  const ordinal = instanceOrdinal(config.instanceGroups, instance.instanceName);
  const model = new StubModelServices(instance, ordinal, counters, logger, serverPid);
  // What is said once per model, however many instances and executors it has.
  if (restarts === 0 && ordinal === 0) {
    warnOfUnsentParameters(module, batch.carriesParameters, logger);
    const { notice } = server;
    if (notice !== undefined) {
      logger.log(notice.warning ? LOG_LEVEL.warning : LOG_LEVEL.info, notice.text);
    }
  }
  return new GuestLife(module, { model, batch }, phase, config.executeDeadlineMs, restarts);
}

/** One line per model for what the guest sets in vain. */
function warnOfUnsentParameters(
  module: WebAssembly.Module,
  carried: boolean,
  logger: Logger,
): void {
  const used = WebAssembly.Module.imports(module).map(({ name }) => name);
  const setters: readonly string[] = carried ? [UNCARRIED_PARAMETER] : PARAMETER_IMPORTS;
  if (!setters.some((name) => used.includes(name))) return;
  logger.log(
    LOG_LEVEL.info,
    carried
      ? "response parameters of type double are not sent: no release of Triton takes them from a Python-based backend"
      : "response parameters of this model are not sent: Triton takes them from a Python-based backend from 25.02 on",
  );
}
