import { guestConfig } from "../../guest/guest-config.js";
import type {
  GuestConfig,
  GuestFiles,
  MetricKind,
  ModelServices,
  NewMetric,
  NnGraph,
} from "../../guest/services.js";
import { fillRandom } from "../../libc/random.js";
import type { Logger } from "../../log/logger.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import { modelNotChanged } from "../calls/errors.js";
import { refusedMetric } from "../metrics/errors.js";

export interface ConfigServicesOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly graphs: ReadonlyMap<string, NnGraph>;
  readonly files: GuestFiles | undefined;
  readonly logger: Logger;
}

/** The services for a guest that completes its model's configuration. At that time the model has no instance. */
export class ConfigServices implements ModelServices {
  readonly ordinal = 0;
  readonly environment: Readonly<Record<string, string>>;
  readonly files: GuestFiles | undefined;
  readonly graphs: ReadonlyMap<string, NnGraph>;
  /** The configuration that the guest has set, as JSON; undefined when it has set none. */
  completed: string | undefined;
  private readonly json: string;
  private parsed: GuestConfig | undefined;
  private readonly logger: Logger;

  constructor(config: string, { environment, graphs, files, logger }: ConfigServicesOptions) {
    this.environment = environment;
    this.graphs = graphs;
    this.files = files;
    this.json = config;
    this.logger = logger;
  }

  get config(): GuestConfig {
    this.parsed ??= guestConfig(this.json);
    return this.parsed;
  }

  argument(key: string): string | undefined {
    return key === "model_config" ? this.json : undefined;
  }

  log(level: number, message: string): void {
    this.logger.log(level, message);
  }

  logEnabled(level: number): boolean {
    return level !== LOG_LEVEL.verbose;
  }

  fillRandom(bytes: Uint8Array): void {
    fillRandom(bytes);
  }

  setModelConfig(json: string): void {
    this.completed = json;
  }

  newMetric(_kind: MetricKind, name: string): never {
    throw refusedMetric(
      name,
      "metrics cannot be created in triton_auto_complete: create them in triton_initialize",
    );
  }

  createMetric({ kind, name }: NewMetric): never {
    this.newMetric(kind, name);
  }

  loadModel(name: string): never {
    throw noModelControl("loaded", name);
  }

  unloadModel(name: string): never {
    throw noModelControl("unloaded", name);
  }

  isModelReady(name: string): never {
    throw noModelControl("asked for", name);
  }

  metricCount(): number {
    return 0;
  }

  metricKind(): never {
    throw noMetric();
  }

  addToMetric(): never {
    throw noMetric();
  }

  setMetric(): never {
    throw noMetric();
  }

  observeMetric(): never {
    throw noMetric();
  }

  metricValue(): never {
    throw noMetric();
  }

  deleteMetric(): never {
    throw noMetric();
  }
}

function noModelControl(what: string, name: string): Error {
  return modelNotChanged(what, name, "the server accepts no such request in triton_auto_complete");
}

/** `Border` rejects every number of a metric, since {@link ConfigServices.metricCount} is 0. */
function noMetric(): Error {
  return new Error("unreachable: there are no metrics");
}
