import type { Endpoint } from "../../channel/endpoint.js";
import { ReadinessProbes } from "../../channel/readiness-probes.js";
import { messageOf } from "../../errors.js";
import { QUEUE_WAIT_MS, READINESS_FRESH_MS, READINESS_WAIT_MS } from "../../limits.js";
import type { Logger } from "../../log/logger.js";
import { monotonicMs } from "../../monotonic.js";
import type { Guest } from "../../sandbox/guest-host.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import type { Readiness as Answer } from "../../wire/records/readiness.js";

const READY: Answer = { isReady: true, functionExists: false, error: undefined };

/** Answers the server's questions whether the model is ready (26.03 and newer), between the commands. */
export class Readiness {
  private readonly endpoint: Endpoint;
  private readonly logger: Logger;
  private readonly guest: () => Guest | undefined;
  /** Undefined for a release that does not ask. */
  private readonly probes: ReadinessProbes | undefined;
  /** At first, the questions are those that an executor has left. */
  private lookedAtMs = Number.NEGATIVE_INFINITY;

  /** @param guest the current guest; undefined before one is loaded */
  constructor(endpoint: Endpoint, logger: Logger, guest: () => Guest | undefined) {
    this.endpoint = endpoint;
    this.logger = logger;
    this.guest = guest;
    if (endpoint.dialect.readiness !== undefined) this.probes = new ReadinessProbes(endpoint);
  }

  /** Lets the server ask, if the guest has the function. Call it before the load is answered. */
  announce(): void {
    const { writer, control } = this.endpoint;
    const { readinessFlagAt } = control;
    if (readinessFlagAt === undefined || !this.guest()?.knowsReadiness) return;
    writer.flag(readinessFlagAt, 0, true);
  }

  /** How long the executor may wait for a command, in milliseconds. */
  get waitMs(): number {
    return this.isAsked ? READINESS_WAIT_MS : QUEUE_WAIT_MS;
  }

  /** Answers the questions that wait. Of those that may be too old for the server, none is touched. */
  step(): void {
    const { probes } = this;
    if (probes === undefined) return;
    const now = monotonicMs();
    const isFresh = now - this.lookedAtMs < READINESS_FRESH_MS;
    this.lookedAtMs = now;
    if (!this.isAsked) return;
    try {
      if (!isFresh) probes.drop();
      const probe = probes.take();
      if (probe !== undefined) probes.answer(probe, this.answerOf());
    } catch (error) {
      this.logger.log(
        LOG_LEVEL.warning,
        `the question after the readiness failed: ${messageOf(error)}`,
      );
    }
  }

  private get isAsked(): boolean {
    if (this.probes === undefined) return false;
    return this.endpoint.region.view.getUint8(this.endpoint.control.readinessFlagAt!) !== 0;
  }

  private answerOf(): Answer {
    const guest = this.guest();
    if (guest === undefined || !guest.knowsReadiness) return READY;
    try {
      return { isReady: guest.isReady(), functionExists: true, error: undefined };
    } catch (error) {
      return { isReady: false, functionExists: true, error: messageOf(error) };
    }
  }
}
