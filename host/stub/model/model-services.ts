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
import type { InstanceArguments } from "../../wire/records/initialize.js";
import type { ModelControls } from "../calls/model-control.js";
import type { GuestMetrics } from "../metrics/guest-metrics.js";
import { configSetTooLate } from "./errors.js";

export interface ModelServicesOptions {
  readonly instance: InstanceArguments;
  readonly ordinal: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly files: GuestFiles | undefined;
  readonly graphs: ReadonlyMap<string, NnGraph>;
  readonly metrics: GuestMetrics;
  readonly controls: ModelControls;
  readonly logger: Logger;
  /** Whether the server was started with verbose logging. */
  readonly verbose: boolean;
}

/** The services of a loaded model for its guest: arguments, log, metrics, random bytes. */
export class StubModelServices implements ModelServices {
  readonly ordinal: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly files: GuestFiles | undefined;
  readonly graphs: ReadonlyMap<string, NnGraph>;
  private readonly instance: InstanceArguments;
  private readonly metrics: GuestMetrics;
  private readonly controls: ModelControls;
  private readonly logger: Logger;
  private readonly verbose: boolean;
  private parsed: GuestConfig | undefined;

  constructor(options: ModelServicesOptions) {
    this.instance = options.instance;
    this.ordinal = options.ordinal;
    this.environment = options.environment;
    this.files = options.files;
    this.graphs = options.graphs;
    this.metrics = options.metrics;
    this.controls = options.controls;
    this.logger = options.logger;
    this.verbose = options.verbose;
  }

  /** Parsed when the guest first asks: most guests do not. */
  get config(): GuestConfig {
    this.parsed ??= guestConfig(this.instance.modelConfig);
    return this.parsed;
  }

  argument(key: string): string | undefined {
    const { instance } = this;
    switch (key) {
      case "model_config":
        return instance.modelConfig;
      case "model_instance_kind":
        return instance.kind;
      case "model_instance_name":
        return instance.instanceName;
      case "model_instance_device_id":
        return instance.deviceId;
      case "model_repository":
        return instance.modelDirectory;
      case "model_version":
        return instance.version;
      case "model_name":
        return instance.modelName;
      default:
        return undefined;
    }
  }

  log(level: number, message: string): void {
    this.logger.log(level, message);
  }

  logEnabled(level: number): boolean {
    return level !== LOG_LEVEL.verbose || this.verbose;
  }

  fillRandom(bytes: Uint8Array): void {
    fillRandom(bytes);
  }

  newMetric(kind: MetricKind, name: string, help: string): number {
    return this.metrics.open(kind, name, help);
  }

  createMetric(metric: NewMetric): number {
    return this.metrics.create(metric);
  }

  loadModel(name: string, config: string): void {
    this.controls.load(name, config);
  }

  unloadModel(name: string, dependents: boolean): void {
    this.controls.unload(name, dependents);
  }

  isModelReady(name: string, version: bigint): boolean {
    return this.controls.isReady(name, version);
  }

  metricCount(): number {
    return this.metrics.count;
  }

  metricKind(metric: number): MetricKind | undefined {
    return this.metrics.kind(metric);
  }

  addToMetric(metric: number, by: number): void {
    this.metrics.add(metric, by);
  }

  setMetric(metric: number, value: number): void {
    this.metrics.set(metric, value);
  }

  observeMetric(metric: number, value: number): void {
    this.metrics.observe(metric, value);
  }

  metricValue(metric: number): number {
    return this.metrics.value(metric);
  }

  deleteMetric(metric: number): void {
    this.metrics.delete(metric);
  }

  setModelConfig(): never {
    throw configSetTooLate();
  }
}
