import type { Endpoint } from "../../channel/endpoint.js";
import { ServerLogger } from "../../channel/server-logger.js";
import type { Ceilings } from "../../config/ceilings.js";
import { messageOf, type StubError } from "../../errors.js";
import type { Hardening } from "../../hardening/hardening.js";
import { FailureLog } from "../../log/failure-log.js";
import { guardLogger } from "../../log/guard-logger.js";
import type { Logger } from "../../log/logger.js";
import type { ServerRelease } from "../../release/detect.js";
import type { GuestLife } from "../../sandbox/guest-life.js";
import type { GuestRecord } from "../../sandbox/guest-record.js";
import { FINALIZE_REQUESTS } from "../../wire/dialect.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import type { Message } from "../../wire/message.js";
import { instanceArguments } from "../../wire/records/initialize.js";
import { CommandAnswers } from "../answers/command-answers.js";
import { Batch } from "../batch/batch.js";
import { GuestStatistics } from "../metrics/guest-statistics.js";
import { MetricRegistry } from "../metrics/metric-registry.js";
import { Metrics } from "../metrics/metrics.js";
import type { ServerFolder } from "../metrics/server-folder.js";
import { completeModelConfig } from "../model/complete-config.js";
import { loadModel } from "../model/load-model.js";
import type { ModelFiles } from "../model/model-files.js";
import type { ModuleStore } from "../model/module-store.js";
import type { Journal } from "../shared/journal.js";
import type { Mapping } from "../shared/mapping.js";
import { type OUTCOME, STOP } from "../shared/mapping-table.js";
import type { Phase } from "../shared/phase.js";
import type { StateLog } from "../state-log.js";
import { ReleaseGuard } from "./release-guard.js";

export interface ExecutorOptions {
  readonly endpoint: Endpoint;
  readonly journal: Journal;
  readonly mapping: Mapping;
  readonly phase: Phase;
  readonly record: GuestRecord;
  readonly files: ModelFiles;
  readonly modules: ModuleStore;
  readonly state: StateLog;
  /** What the stubs of the server share. */
  readonly serverFolder: ServerFolder;
  readonly hardening: Hardening;
  /** The most that the operator lets a model ask for. */
  readonly ceilings: Ceilings;
  readonly server: ServerRelease;
  /** Whether the server was started with verbose logging. */
  readonly serverVerbose: boolean;
  /** Name of the model instance, for the texts of errors. */
  readonly instanceName: string;
  /** Name of the model instance with its version, for logs. */
  readonly name: string;
}

/** How the executor before this one has ended, and the sentence that says why. */
interface Stop {
  readonly kind: "deadline" | "died";
  readonly reason: string;
}

/** Why an executor ends by itself, for the guard. */
export type Outcome = Exclude<keyof typeof OUTCOME, "none">;

/** Takes the server's commands, runs the guest and answers. */
export class Executor {
  private readonly options: ExecutorOptions;
  private readonly endpoint: Endpoint;
  private readonly batch: Batch;
  private readonly logger: Logger;
  private readonly metrics: Metrics;
  private statistics: GuestStatistics | undefined;
  private readonly stopped: Stop | undefined;
  private readonly restarts: number;
  private readonly failures: FailureLog;
  private readonly answers: CommandAnswers;
  private guest: GuestLife | undefined;
  private readonly guard: ReleaseGuard;
  /** Whether nothing but answers may go to the server yet. */
  private held: boolean;

  constructor(options: ExecutorOptions) {
    const { endpoint, mapping, state } = options;
    this.options = options;
    this.endpoint = endpoint;
    this.restarts = mapping.get("restarts");
    this.stopped = stopOf(mapping);
    this.held = !options.server.confirmed;
    this.batch = new Batch(endpoint);
    const serverLogger = new ServerLogger(endpoint, options.name);
    this.logger = {
      log: (level, text) => (this.held ? guardLogger : serverLogger).log(level, text),
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
      held: this.held,
    });
    this.answers = new CommandAnswers({ ...options, logger: this.logger });
    this.guard = new ReleaseGuard(endpoint, this.answers);
  }

  /** Serves commands until the server finalises the instance or initialisation fails. @returns why it has ended */
  run(): Outcome {
    const { endpoint, answers } = this;
    const before = this.succeed();
    if (before !== undefined) return before;
    this.options.mapping.set("ready", 1);
    // The executor before us may have died between its answer and the server's token.
    if (this.options.journal.isAnswered) answers.finish();
    else endpoint.heap.dropNewer(0);
    answers.responses.finish();
    for (;;) {
      const handle = endpoint.takeCommand();
      if (handle === 0) continue;
      const outcome = this.serve(handle);
      if (outcome !== undefined) return outcome;
    }
  }

  /** Settles what the executor before this one has left, and reports its end. */
  private succeed(): Outcome | undefined {
    const { stopped, endpoint, options } = this;
    if (stopped === undefined) return undefined;
    options.record.fail();
    this.answers.inheritExchanges();
    const { journal } = options;
    if (journal.isFinalizing) return this.endFinalizing();
    const taken = journal.takenMessage;
    if (taken !== undefined) {
      const outcome = this.answerAbandoned(taken, stopped.reason);
      if (outcome !== undefined) return outcome;
    }
    const { instance } = options.state;
    if (instance === undefined) return undefined;
    this.statistics = new GuestStatistics(this.metrics, options.record, instance);
    this.statistics.stopped(stopped.kind);
    this.failures.report(stopped.reason);
    this.metrics.flush();
    endpoint.side.finish();
    return undefined;
  }

  /** The server has its answer and waits for the end of the guard; up to then it serves what the instance asks for. */
  private endFinalizing(): Outcome {
    this.metrics.closeAll();
    return "finalised";
  }

  /** The guard leaves a command to us that cannot be answered without codecs, or whose metrics go first. */
  private answerAbandoned(handle: number, reason: string): Outcome | undefined {
    const { dialect, reader, heap } = this.endpoint;
    heap.followGrowth();
    const message = dialect.message.decode(reader, handle);
    if (message.command === dialect.commands.executeRequest) {
      this.failAbandoned(message.args, reason);
      return undefined;
    }
    // The server serves no metric of the model any more once it knows of the failure, or of the end.
    this.metrics.closeAll();
    if (message.command !== dialect.commands.initializeRequest)
      return this.mistrust(message.command);
    this.answers.answerLoad(reason);
    this.endpoint.takeToken();
    return "loadFailed";
  }

  private failAbandoned(args: number, reason: string): void {
    try {
      this.batch.beginAbandoned(args);
      this.answers.responses.resume(this.batch);
      this.answers.responses.fail(reason);
    } catch {
      // A second failure must not end this executor as well: the one after it would fail in the same way.
      this.answers.failBatch(reason);
    }
  }

  /** @returns why that was the last command; undefined when it was not */
  private serve(handle: number): Outcome | undefined {
    const { dialect } = this.endpoint;
    const message = this.decodeCommand(handle);
    if (message === undefined) return undefined;
    const { command, args } = message;
    if (FINALIZE_REQUESTS.has(command)) return this.finalize(message);
    switch (command) {
      case dialect.commands.executeRequest:
        this.execute(args);
        return undefined;
      case dialect.commands.initializeRequest:
        return this.initialize(args);
      case dialect.commands.autoCompleteRequest:
        this.autoComplete(args);
        return undefined;
      default:
        return this.mistrust(command);
    }
  }

  private mistrust(command: number): Outcome {
    this.options.mapping.setText("outcome_text", this.guard.reasonAgainst(command));
    return "mistrusted";
  }

  /** @returns undefined when the command cannot be read, and has its answer */
  private decodeCommand(handle: number): Message | undefined {
    const { dialect, reader, heap } = this.endpoint;
    try {
      heap.followGrowth();
      return dialect.message.decode(reader, handle);
    } catch (error) {
      const finalize = this.decodeFinalize(handle);
      if (finalize !== undefined) return finalize;
      // Only tensors make a region grow, so a command that cannot be read is an execution.
      this.answers.failBatch(messageOf(error));
      this.answers.finish();
      return undefined;
    }
  }

  /** In a region that has grown beyond what can be mapped, the beginning still can be read. */
  private decodeFinalize(handle: number): Message | undefined {
    const { dialect, reader } = this.endpoint;
    try {
      const message = dialect.message.decode(reader, handle);
      return FINALIZE_REQUESTS.has(message.command) ? message : undefined;
    } catch {
      return undefined;
    }
  }

  private execute(args: number): void {
    const { guard, answers } = this;
    const { responses } = answers;
    if (guard.check(args, this.options.state.instance!) && this.held) {
      this.held = false;
      this.metrics.makeHeld();
    }
    if (guard.refusal !== undefined) {
      guard.refuse(args, this.batch);
      return;
    }
    try {
      try {
        this.batch.begin(args);
        responses.begin(this.batch);
        this.runGuest();
      } finally {
        this.metrics.flush();
      }
      responses.send(this.batch);
    } catch (error) {
      responses.fail(messageOf(error));
    }
    this.batch.end();
    answers.finish();
    responses.finish();
  }

  private runGuest(): void {
    // Missing only in a successor: the guest is loaded for its first batch.
    this.guest ??= this.loadGuest();
    try {
      this.guest.execute();
    } catch (error) {
      if ((error as StubError).code !== "ERR_GUEST_UNAVAILABLE") throw error;
      this.batch.failAll(TRITON_ERROR.unavailable, messageOf(error));
    }
    this.batch.finishOutputs();
  }

  private initialize(args: number): Outcome | undefined {
    const { dialect, reader } = this.endpoint;
    const { state } = this.options;
    let failure: string | undefined;
    try {
      const instance = instanceArguments(dialect.dictionary.read(reader, args));
      // A failure of which the server could not be told when it asked for the completion.
      if (!dialect.autoComplete.reportsFailures) this.completeConfig(instance.modelConfig);
      this.guest = this.loadGuest(instance);
      this.guest.initialize();
      state.addInstance(instance);
    } catch (error) {
      failure = messageOf(error);
      this.metrics.closeAll();
    }
    this.answers.answerLoad(failure);
    this.answers.finish();
    return failure === undefined ? undefined : "loadFailed";
  }

  private loadGuest(instance = this.options.state.instance!): GuestLife {
    const { batch, metrics, logger, restarts, options } = this;
    const { record } = options;
    const statistics = (this.statistics ??= new GuestStatistics(metrics, record, instance));
    return loadModel({
      ...options,
      timer: options.phase,
      instance,
      batch,
      metrics,
      logger,
      observer: {
        failed: (error) => {
          statistics.failed(error);
          this.failures.report(messageOf(error));
        },
        restarted: () => statistics.restarted(),
        memory: (bytes) => statistics.memory(bytes),
      },
      restarts,
      lastFailure: this.stopped?.reason,
    });
  }

  private autoComplete(args: number): void {
    const { dialect, reader } = this.endpoint;
    const config = dialect.autoComplete.readConfig(reader, args);
    let completed: string | undefined;
    let failure: unknown;
    try {
      completed = this.completeConfig(config);
    } catch (error) {
      guardLogger.log(LOG_LEVEL.error, messageOf(error));
      failure = error;
    }
    if (completed !== undefined) this.answers.answerCompletion(completed);
    else this.answers.failCompletion(messageOf(failure), config);
    this.answers.finish();
  }

  private completeConfig(config: string): string {
    const { files, ceilings, phase } = this.options;
    return completeModelConfig({
      config,
      files,
      ceilings,
      batch: this.batch,
      // The server listens to no other message while it waits for this answer.
      logger: guardLogger,
      timer: phase,
    });
  }

  /** The answer goes out first: the server then waits for this process to end. */
  private finalize(message: Message): Outcome {
    this.answers.answerFinalize(message);
    try {
      this.guest?.finalize();
    } catch (error) {
      this.logger.log(LOG_LEVEL.error, messageOf(error));
    }
    this.metrics.flush();
    // The server waits for the end of an exchange even when the process is gone.
    this.endpoint.side.finish();
    this.metrics.closeAll();
    return "finalised";
  }
}

function stopOf(mapping: Mapping): Stop | undefined {
  const kind = mapping.get("stop_kind");
  if (kind === STOP.none) return undefined;
  return {
    kind: kind === STOP.deadline ? "deadline" : "died",
    reason: mapping.getText("stop_text"),
  };
}
