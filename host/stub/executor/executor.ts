import type { Ceilings } from "../../config/ceilings.js";
import { messageOf, type StubError } from "../../errors.js";
import type { Hardening } from "../../hardening/hardening.js";
import { FailureLog } from "../../log/failure-log.js";
import { guardLogger } from "../../log/guard-logger.js";
import type { Logger } from "../../log/logger.js";
import type { Handle } from "../../numbers.js";
import type { ServerRelease } from "../../release/detect.js";
import type { GuestLife } from "../../sandbox/guest-life.js";
import type { GuestRecord } from "../../sandbox/guest-record.js";
import { FINALIZE_REQUESTS } from "../../wire/dialect.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import { LOG_LEVEL } from "../../wire/log-levels.js";
import type { Message } from "../../wire/message.js";
import { instanceArguments } from "../../wire/records/initialize.js";
import { type Responses, responsesOf } from "../answers/responses.js";
import { Batch } from "../batch/batch.js";
import type { Connection } from "../connection.js";
import { GuestStatistics } from "../metrics/guest-statistics.js";
import { MetricRegistry } from "../metrics/metric-registry.js";
import { Metrics } from "../metrics/metrics.js";
import type { ServerFolder } from "../metrics/server-folder.js";
import { completeModelConfig } from "../model/complete-config.js";
import { loadModel } from "../model/load-model.js";
import type { ModelFiles } from "../model/model-files.js";
import type { ModuleStore } from "../model/module-store.js";
import { ServerLogger } from "../server-logger.js";
import type { Mapping } from "../shared/mapping.js";
import { type OUTCOME, STOP } from "../shared/mapping-table.js";
import type { Phase } from "../shared/phase.js";
import type { StateLog } from "../state-log.js";
import { ReleaseGuard } from "./release-guard.js";

export interface ExecutorOptions {
  readonly connection: Connection;
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
  private readonly connection: Connection;
  private readonly batch: Batch;
  private readonly logger: Logger;
  private readonly metrics: Metrics;
  private statistics: GuestStatistics | undefined;
  private readonly stopped: Stop | undefined;
  private readonly restarts: number;
  private readonly failures: FailureLog;
  private readonly responses: Responses;
  private guest: GuestLife | undefined;
  private readonly guard: ReleaseGuard;
  /** Whether nothing but answers may go to the server yet. */
  private held: boolean;

  constructor(options: ExecutorOptions) {
    const { connection, mapping, state } = options;
    this.options = options;
    this.connection = connection;
    this.restarts = mapping.get("restarts");
    this.stopped = stopOf(mapping);
    this.held = !options.server.confirmed;
    this.batch = new Batch(connection);
    const serverLogger = new ServerLogger(connection, options.name);
    this.logger = {
      log: (level, text) => (this.held ? guardLogger : serverLogger).log(level, text),
    };
    this.failures = new FailureLog(this.logger);
    this.metrics = new Metrics({
      connection,
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
    this.responses = responsesOf(connection, this.logger);
    this.guard = new ReleaseGuard(connection);
  }

  /** Serves commands until the server finalises the instance or initialisation fails. @returns why it has ended */
  run(): Outcome {
    const { connection } = this;
    const { journal } = connection;
    const before = this.succeed();
    if (before !== undefined) return before;
    this.options.mapping.set("ready", 1);
    // The executor before us may have died between its answer and the server's token.
    if (journal.isAnswered) this.finishAnswer();
    else connection.heap.dropNewer(0);
    this.responses.finish();
    for (;;) {
      const handle = connection.takeCommand();
      if (handle === 0) continue;
      const outcome = this.serve(handle);
      if (outcome !== undefined) return outcome;
    }
  }

  /** Settles what the executor before this one has left, and reports its end. */
  private succeed(): Outcome | undefined {
    const { stopped, connection, options } = this;
    if (stopped === undefined) return undefined;
    options.record.fail();
    connection.side.inherit();
    if (connection.sendsResponses) connection.responses.inherit();
    if (connection.journal.isFinalizing) return this.endFinalizing();
    const taken = connection.journal.takenMessage;
    if (taken !== undefined) {
      const outcome = this.settle(taken, stopped.reason);
      if (outcome !== undefined) return outcome;
    }
    const { instance } = options.state;
    if (instance === undefined) return undefined;
    this.statistics = new GuestStatistics(this.metrics, options.record, instance);
    this.statistics.stopped(stopped.kind);
    this.failures.report(stopped.reason);
    this.metrics.flush();
    connection.side.settle();
    return undefined;
  }

  /** The server has its answer and waits for the end of the guard; up to then it serves what the instance asks for. */
  private endFinalizing(): Outcome {
    this.metrics.closeAll();
    return "finalised";
  }

  /** The guard leaves a command to us that cannot be answered without codecs, or whose metrics go first. */
  private settle(handle: number, reason: string): Outcome | undefined {
    const { dialect, reader, heap } = this.connection;
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
    this.connection.journal.endLoad(false);
    this.connection.answerFailedInitialisation(reason);
    this.connection.takeToken();
    return "loadFailed";
  }

  private failAbandoned(args: number, reason: string): void {
    try {
      this.batch.beginAbandoned(args);
      this.responses.resume(this.batch);
      this.responses.fail(reason);
    } catch {
      // A second failure must not end this executor as well: the one after it would fail in the same way.
      this.connection.answerFailedBatch(reason);
    }
  }

  /** @returns why that was the last command; undefined when it was not */
  private serve(handle: number): Outcome | undefined {
    const { dialect } = this.connection;
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
    const { dialect, reader, heap } = this.connection;
    try {
      heap.followGrowth();
      return dialect.message.decode(reader, handle);
    } catch (error) {
      const finalize = this.decodeFinalize(handle);
      if (finalize !== undefined) return finalize;
      // Only tensors make a region grow, so a command that cannot be read is an execution.
      this.connection.answerFailedBatch(messageOf(error));
      this.finishAnswer();
      return undefined;
    }
  }

  /** In a region that has grown beyond what can be mapped, the beginning still can be read. */
  private decodeFinalize(handle: number): Message | undefined {
    const { dialect, reader } = this.connection;
    try {
      const message = dialect.message.decode(reader, handle);
      return FINALIZE_REQUESTS.has(message.command) ? message : undefined;
    } catch {
      return undefined;
    }
  }

  private execute(args: number): void {
    const { guard } = this;
    if (guard.check(args, this.options.state.instance!) && this.held) {
      this.held = false;
      this.metrics.makeHeld();
    }
    if (guard.refusal !== undefined) {
      guard.refuse(args, this.batch, () => this.finishAnswer());
      return;
    }
    try {
      try {
        this.batch.begin(args);
        this.responses.begin(this.batch);
        this.runGuest();
      } finally {
        this.metrics.flush();
      }
      this.responses.send(this.batch);
    } catch (error) {
      this.responses.fail(messageOf(error));
    }
    this.batch.end();
    this.finishAnswer();
    this.responses.finish();
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
    const { dialect, reader, writer } = this.connection;
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
    this.connection.journal.endLoad(failure === undefined);
    this.connection.answer(dialect.commands.initializeResponse, () =>
      dialect.initialize.encodeLocked(writer, failure),
    );
    this.finishAnswer();
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
    const { dialect, reader, writer } = this.connection;
    const config = dialect.autoComplete.readConfig(reader, args);
    let answer: () => Handle;
    try {
      const completed = this.completeConfig(config);
      answer = () => dialect.autoComplete.encodeLocked(writer, completed);
    } catch (error) {
      guardLogger.log(LOG_LEVEL.error, messageOf(error));
      answer = () => dialect.autoComplete.encodeErrorLocked(writer, messageOf(error), config);
    }
    this.connection.answer(dialect.commands.autoCompleteResponse, answer);
    this.finishAnswer();
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

  /** The answer goes out first, in the request's own block: the server then waits for this process to end. */
  private finalize({ handle, command }: Message): Outcome {
    const { connection } = this;
    const { dialect, writer } = connection;
    connection.journal.beginFinalizing();
    dialect.message.setCommand(writer, handle, command + 1);
    connection.putAnswer(handle);
    try {
      this.guest?.finalize();
    } catch (error) {
      this.logger.log(LOG_LEVEL.error, messageOf(error));
    }
    this.metrics.flush();
    // The server waits for the end of an exchange even when the process is gone.
    connection.side.settle();
    this.metrics.closeAll();
    return "finalised";
  }

  /** Waits for the server's token, then drops what the answer was made of. */
  private finishAnswer(): void {
    const { connection } = this;
    connection.takeToken();
    connection.side.settle();
    if (connection.sendsResponses) connection.responses.awaitLeaving();
    connection.heap.dropNewer(0);
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
