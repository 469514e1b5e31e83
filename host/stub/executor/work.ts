import { ServerLogger } from "../../channel/server-logger.js";
import { messageOf } from "../../errors.js";
import { FailureLog } from "../../log/failure-log.js";
import { guardLogger } from "../../log/guard-logger.js";
import type { Logger } from "../../log/logger.js";
import type { Guest, GuestHost, GuestObserver } from "../../sandbox/guest-host.js";
import { InProcessHost } from "../../sandbox/in-process-host.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import type { InstanceArguments } from "../../wire/records/initialize.js";
import { CommandAnswers } from "../answers/command-answers.js";
import { Batch } from "../batch/batch.js";
import { GuestStatistics } from "../metrics/guest-statistics.js";
import { MetricRegistry } from "../metrics/metric-registry.js";
import { Metrics } from "../metrics/metrics.js";
import { completeModelConfig } from "../model/complete-config.js";
import { loadModel } from "../model/load-model.js";
import type { ExecutorOptions } from "./executor-options.js";
import type { Outcome } from "./outcome.js";
import { ReleaseGuard } from "./release-guard.js";
import { type Stop, stopOf } from "./stop.js";

/** What the commands of an executor work with, and what one of them leaves to the next. */
export class Work {
  readonly options: ExecutorOptions;
  readonly batch: Batch;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly answers: CommandAnswers;
  readonly releaseGuard: ReleaseGuard;
  /** How the executor before this one has ended; undefined when this is the first. */
  readonly stopped: Stop | undefined;
  private readonly host: GuestHost;
  private readonly failures: FailureLog;
  private readonly restarts: number;
  private statistics: GuestStatistics | undefined;
  private loaded: Guest | undefined;
  /** As long as the server may be of another release, nothing but answers goes to it. */
  private isConfirmed: boolean;

  constructor(options: ExecutorOptions) {
    const { endpoint, mapping, state, server } = options;
    this.options = options;
    this.stopped = stopOf(mapping);
    this.restarts = mapping.get("restarts");
    this.isConfirmed = server.confirmed;
    this.batch = new Batch(endpoint);
    this.host = new InProcessHost(options.phase, this.batch);
    const serverLogger = new ServerLogger(endpoint, options.name);
    this.logger = {
      log: (level, text) => (this.isConfirmed ? serverLogger : guardLogger).log(level, text),
    };
    this.failures = new FailureLog(this.logger);
    this.metrics = new Metrics({
      endpoint,
      registry: new MetricRegistry(options.serverFolder),
      metrics: state.metrics,
      onNew: (metric) => {
        state.addMetric(metric);
        mapping.set("metrics_open", 1);
      },
      onClosed: () => mapping.set("metrics_open", 0),
      // Not over the side channel, on which the refused message still is under way.
      onRefusal: (message) => guardLogger.log(LOG_LEVEL.warning, message),
      isDeferred: !this.isConfirmed,
    });
    this.answers = new CommandAnswers({ ...options, logger: this.logger });
    this.releaseGuard = new ReleaseGuard(endpoint, this.answers);
  }

  /** The first batch has shown that the server is of the release that it is taken for. */
  confirmRelease(): void {
    if (this.isConfirmed) return;
    this.isConfirmed = true;
    this.metrics.createDeferred();
  }

  /** The executor has to end: this command is not one of the release that the server is taken for. */
  mistrust(command: number): Outcome {
    this.options.mapping.setText("outcome_text", this.releaseGuard.reasonAgainst(command));
    return "mistrusted";
  }

  /** Undefined before the load, and in a successor before its first batch. */
  get guest(): Guest | undefined {
    return this.loaded;
  }

  /** Loads the model's guest for {@link guest}. @throws StubError when configuration or module is refused */
  loadGuest(instance: InstanceArguments): Guest {
    const { host, batch, metrics, logger, restarts, options } = this;
    this.loaded = loadModel({
      ...options,
      instance,
      host,
      batch,
      metrics,
      logger,
      observer: this.observerOf(this.statisticsOf(instance)),
      restarts,
      lastFailure: this.stopped?.reason,
    });
    return this.loaded;
  }

  /** @throws StubError when the configuration or the module is refused, or its guest fails */
  completeConfig(config: string): string {
    const { files, ceilings } = this.options;
    return completeModelConfig({
      config,
      files,
      ceilings,
      host: this.host,
      // The server listens to no other message while it waits for this answer.
      logger: guardLogger,
    });
  }

  /** Reports in log and metrics that the executor before this one was stopped. */
  reportStop({ kind, reason }: Stop, instance: InstanceArguments): void {
    this.statisticsOf(instance).stopped(kind);
    this.failures.report(reason);
    this.metrics.flush();
    this.options.endpoint.side.finish();
  }

  private statisticsOf(instance: InstanceArguments): GuestStatistics {
    this.statistics ??= new GuestStatistics(this.metrics, this.options.history, instance);
    return this.statistics;
  }

  private observerOf(statistics: GuestStatistics): GuestObserver {
    return {
      failed: (error) => {
        statistics.failed(error);
        this.failures.report(messageOf(error));
      },
      restarted: () => statistics.restarted(),
      memory: (bytes) => statistics.memory(bytes),
    };
  }
}
