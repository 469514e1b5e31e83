import type { Ceilings } from "../../config/ceilings.js";
import { instanceOrdinal } from "../../config/instance-ordinal.js";
import { parseModelConfig } from "../../config/model-config.js";
import { PARAMETER_IMPORTS, UNCARRIED_PARAMETER } from "../../guest/abi.js";
import type { GuestModule } from "../../guest/module.js";
import { moduleCaps } from "../../guest/module-caps.js";
import { describeHardening, type Hardening } from "../../hardening/hardening.js";
import { LimitedLogger } from "../../log/limited-logger.js";
import { LogLimit } from "../../log/log-limit.js";
import type { Logger } from "../../log/logger.js";
import type { ServerRelease } from "../../release/detect.js";
import type { GuestHistory } from "../../sandbox/guest-history.js";
import type { Guest, GuestHost, GuestObserver } from "../../sandbox/guest-host.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import type { InstanceArguments } from "../../wire/records/initialize.js";
import type { Batch } from "../batch/batch.js";
import type { Calls } from "../calls/calls.js";
import type { ModelControls } from "../calls/model-control.js";
import { GuestMetrics } from "../metrics/guest-metrics.js";
import type { Metrics } from "../metrics/metrics.js";
import { usedFiles } from "./guest-files.js";
import { type ModelFiles, moduleFile } from "./model-files.js";
import { StubModelServices } from "./model-services.js";
import type { ModuleStore } from "./module-store.js";

/** What {@link loadModel} needs: the files, and the services of the guest. */
export interface ModelSource {
  readonly instance: InstanceArguments;
  readonly files: ModelFiles;
  readonly modules: ModuleStore;
  /** Whether the server was started with verbose logging. */
  readonly serverVerbose: boolean;
  readonly host: GuestHost;
  readonly batch: Batch;
  readonly metrics: Metrics;
  readonly calls: Calls;
  readonly controls: ModelControls;
  readonly logger: Logger;
  readonly history: GuestHistory;
  readonly observer: GuestObserver;
  /** The number of executors before this one; 0 while the server loads the model. */
  readonly restarts: number;
  /** Why the last of them ended. */
  readonly lastFailure: string | undefined;
  readonly serverRelease: ServerRelease;
  readonly hardening: Hardening;
  /** The operator's maximum of each limit. */
  readonly ceilings: Ceilings;
}

/**
 * Loads the guest of a model instance.
 * @throws StubError when the configuration or the module is rejected
 */
export function loadModel(source: ModelSource): Guest {
  const {
    instance,
    serverVerbose,
    host,
    batch,
    logger,
    history,
    observer,
    restarts,
    serverRelease,
    hardening,
  } = source;
  const config = parseModelConfig(instance.modelConfig, source.ceilings);
  const { limits } = config.sandbox;
  batch.outputMaxBytes = limits.outputMaxBytes;
  batch.openRequestsMax = limits.openRequestsMax;
  batch.streamDeadlineMs = limits.streamDeadlineMs;
  batch.rate.maxResponses = limits.responsesMax;
  batch.rate.maxBytes = limits.responseMaxBytes;
  source.calls.limits = { ...limits, inputMaxBytes: limits.outputMaxBytes };
  const module = host.compile(limits, () =>
    source.modules.load(moduleFile(source.files, config), moduleCaps(limits)),
  );
  const ordinal = instanceOrdinal(config.instanceGroups, instance.instanceName);
  const model = new StubModelServices({
    instance,
    ordinal,
    environment: config.sandbox.environment,
    files: usedFiles(module, source.files.ofGuest, limits.filesMaxBytes),
    graphs: config.sandbox.graphs,
    metrics: new GuestMetrics(source.metrics, instance),
    controls: source.controls,
    logger: new LimitedLogger(logger, new LogLimit(limits.logMaxLines, limits.logMaxBytes)),
    verbose: serverVerbose,
  });
  // These lines are logged once per model, however many instances and executors it has.
  if (restarts === 0 && ordinal === 0) {
    warnOfUnsentParameters(module, batch.carriesParameters, logger);
    const level = hardening.missing.length === 0 ? LOG_LEVEL.info : LOG_LEVEL.warning;
    logger.log(level, describeHardening(hardening));
    const { notice } = serverRelease;
    if (notice !== undefined) {
      logger.log(notice.warning ? LOG_LEVEL.warning : LOG_LEVEL.info, notice.text);
    }
  }
  const { lastFailure } = source;
  return host.load(model, { module, limits, history, observer, restarts, lastFailure });
}

/** Logs one line when the guest imports functions for parameters that this release does not send. */
function warnOfUnsentParameters({ facts }: GuestModule, carried: boolean, logger: Logger): void {
  const used = facts.imports.map(({ name }) => name);
  const setters = carried ? [UNCARRIED_PARAMETER] : Object.keys(PARAMETER_IMPORTS);
  if (!setters.some((name) => used.includes(name))) return;
  logger.log(
    LOG_LEVEL.info,
    carried
      ? "response parameters of type double are not sent: no release of Triton accepts them from a Python-based backend"
      : "response parameters of this model are not sent: Triton accepts them from a Python-based backend from 25.02 on",
  );
}
