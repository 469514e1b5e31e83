import type { ModelServices } from "../guest/services.js";
import { LOG_LEVEL } from "../wire/datatypes.js";
import type { InstanceArguments } from "../wire/initialize.js";
import type { Counters } from "./counters.js";
import type { Logger } from "./logger.js";
import { isServerVerbose } from "./server-verbosity.js";

/** What a guest may ask of its model and of the server. */
export class StubModelServices implements ModelServices {
  readonly ordinal: number;
  private readonly instance: InstanceArguments;
  private readonly counters: Counters;
  private readonly logger: Logger;
  private readonly verbose: boolean;

  constructor(
    instance: InstanceArguments,
    ordinal: number,
    counters: Counters,
    logger: Logger,
    serverPid: number,
  ) {
    this.instance = instance;
    this.ordinal = ordinal;
    this.counters = counters;
    this.logger = logger;
    this.verbose = isServerVerbose(serverPid);
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

  newCounter(name: string, help: string): number {
    return this.counters.open(name, help, this.instance);
  }

  counterCount(): number {
    return this.counters.count;
  }

  addToCounter(counter: number, by: number): void {
    this.counters.add(counter, by);
  }
}
