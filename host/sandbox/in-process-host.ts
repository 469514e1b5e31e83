import { ABI_EXPORTS } from "../guest/abi.js";
import type { CallServices } from "../guest/call-services.js";
import { GuestInstance } from "../guest/instance.js";
import type { GuestModule } from "../guest/module.js";
import type { BatchServices, ModelServices } from "../guest/services.js";
import { type CallTimer, underLimit } from "./call-timer.js";
import type { Guest, GuestHost, GuestLimits, GuestOptions } from "./guest-host.js";
import { GuestLife, requireSuccess } from "./guest-life.js";

/** Runs guests on this thread, so the timer must end the whole process to stop one. */
export class InProcessHost implements GuestHost {
  private readonly timer: CallTimer;
  private readonly batch: BatchServices;
  private readonly calls: CallServices;

  /**
   * @param batch gives access to the current batch
   * @param calls the calls of other models
   */
  constructor(timer: CallTimer, batch: BatchServices, calls: CallServices) {
    this.timer = timer;
    this.batch = batch;
    this.calls = calls;
  }

  compile({ initializeDeadlineMs }: GuestLimits, compile: () => GuestModule): GuestModule {
    return underLimit(this.timer, "initialize", initializeDeadlineMs, compile);
  }

  load(model: ModelServices, options: GuestOptions): Guest {
    const { timer, batch, calls } = this;
    return new GuestLife({ ...options, timer, services: { model, batch, calls } });
  }

  autoComplete(model: ModelServices, module: GuestModule, limits: GuestLimits): void {
    const { timer, batch, calls } = this;
    underLimit(timer, "initialize", limits.initializeDeadlineMs, () => {
      const instance = new GuestInstance(module, { model, batch, calls });
      const status = instance.call(ABI_EXPORTS.autoComplete);
      requireSuccess(ABI_EXPORTS.autoComplete, status, instance.failure);
    });
  }
}
