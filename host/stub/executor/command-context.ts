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
import { CallPump } from "../calls/call-pump.js";
import { CallSlots } from "../calls/call-slots.js";
import { CallWaits } from "../calls/call-waits.js";
import { Calls } from "../calls/calls.js";
import { type LateAnswersParts, takeLastAnswers, takeLateAnswers } from "../calls/late-answers.js";
import { ModelControls } from "../calls/model-control.js";
import { StreamQueue } from "../calls/stream-queue.js";
import { GuestStatistics } from "../metrics/guest-statistics.js";
import { MetricRegistry } from "../metrics/metric-registry.js";
import { Metrics } from "../metrics/metrics.js";
import { completeModelConfig } from "../model/complete-config.js";
import { loadModel } from "../model/load-model.js";
import type { ExecutorOptions } from "./executor-options.js";
import type { Outcome } from "./outcome.js";
import { type PredecessorEnd, predecessorEnd } from "./predecessor-end.js";
import { Readiness } from "./readiness.js";
import { ReleaseVerifier } from "./release-verifier.js";
import { Streams } from "./streams.js";

/** The objects that all commands of an executor share, and the state that one command leaves to the next. */
export class CommandContext {
  readonly options: ExecutorOptions;
  readonly batch: Batch;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly answers: CommandAnswers;
  readonly streams: Streams;
  readonly readiness: Readiness;
  readonly releaseVerifier: ReleaseVerifier;
  /** How the executor before this one ended; undefined in the first executor of an instance. */
  readonly predecessor: PredecessorEnd | undefined;
  readonly calls: Calls;
  private readonly lateAnswers: LateAnswersParts;
  private readonly controls: ModelControls;
  private readonly host: GuestHost;
  private readonly failures: FailureLog;
  private readonly restarts: number;
  private statistics: GuestStatistics | undefined;
  private loaded: Guest | undefined;
  /** Whether the release is certain. Until then the executor sends only answers: no metric, and no log line. */
  private isConfirmed: boolean;

  constructor(options: ExecutorOptions) {
    const { endpoint, mapping, state, serverRelease } = options;
    this.options = options;
    this.predecessor = predecessorEnd(mapping);
    this.restarts = mapping.get("restarts");
    this.isConfirmed = serverRelease.confirmed;
    this.batch = new Batch(endpoint);
    const { journal, phase } = options;
    const slots = new CallSlots(endpoint, journal, mapping);
    const streamQueue = new StreamQueue(endpoint, mapping);
    const pump = new CallPump({ endpoint, journal, slots, streamQueue });
    const waits = new CallWaits(phase);
    this.calls = new Calls({
      endpoint,
      journal,
      batch: this.batch,
      slots,
      pump,
      waits,
    });
    this.controls = new ModelControls(endpoint, phase, () => this.isConfirmed);
    this.lateAnswers = { endpoint, slots, pump, streamQueue };
    takeLateAnswers(this.lateAnswers);
    this.host = new InProcessHost(phase, this.batch, this.calls);
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
      onDeleted: (metric) => state.removeMetric(metric),
      created: () => state.metricsCreated,
      onClosed: () => mapping.set("metrics_open", 0),
      // Not to the server: the exchange of the refused message still occupies the side channel.
      onRefusal: (message) => guardLogger.log(LOG_LEVEL.warning, message),
      isDeferred: !this.isConfirmed,
    });
    this.answers = new CommandAnswers({ ...options, logger: this.logger });
    this.batch.streams = this.answers.open;
    const { batch, answers, calls, metrics } = this;
    this.streams = new Streams({
      endpoint,
      batch,
      answers,
      calls,
      metrics,
      guest: () => this.loaded,
    });
    this.readiness = new Readiness(endpoint, this.logger, () => this.loaded);
    this.releaseVerifier = new ReleaseVerifier(endpoint, this.answers);
  }

  /** Called after the first batch has matched the release. */
  confirmRelease(): void {
    if (this.isConfirmed) return;
    this.isConfirmed = true;
    this.metrics.createDeferred();
  }

  /** Notes for the guard that the release is wrong, since it has no such command. The executor must end then. */
  rejectRelease(command: number): Outcome {
    this.options.mapping.setText("outcome_text", this.releaseVerifier.reasonAgainst(command));
    return "wrongRelease";
  }

  /** Takes what is left of the calls of other models. Called when the instance ends. */
  takeLastAnswers(): void {
    takeLastAnswers(this.lateAnswers);
  }

  /** Undefined before the load, and in a later executor before its first batch. */
  get guest(): Guest | undefined {
    return this.loaded;
  }

  /**
   * Loads the model's guest, which {@link guest} then returns.
   * @throws StubError when the configuration or the module is rejected
   */
  loadGuest(instance: InstanceArguments): Guest {
    const { host, batch, calls, controls, metrics, logger, restarts, options } = this;
    this.loaded = loadModel({
      ...options,
      instance,
      host,
      batch,
      calls,
      controls,
      metrics,
      logger,
      observer: this.observerOf(this.statisticsOf(instance)),
      restarts,
      lastFailure: this.predecessor?.reason,
    });
    return this.loaded;
  }

  /**
   * @returns the completed configuration as JSON
   * @throws StubError when the configuration or the module is rejected, or its guest fails
   */
  completeConfig(config: string): string {
    const { files, ceilings } = this.options;
    return completeModelConfig({
      config,
      files,
      ceilings,
      host: this.host,
      // The server reads no other message while it waits for this answer.
      logger: guardLogger,
    });
  }

  /** Reports the end of the predecessor in the log and in the metrics. */
  reportPredecessor({ kind, reason }: PredecessorEnd, instance: InstanceArguments): void {
    this.statisticsOf(instance).stopped(kind);
    this.failures.report(reason);
    this.metrics.sender.flush();
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
        this.streams.endAll(messageOf(error));
        this.failures.report(messageOf(error));
      },
      restarted: () => statistics.restarted(),
      memory: (bytes) => statistics.memory(bytes),
    };
  }
}
