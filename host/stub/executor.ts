import type { Ceilings } from "../config/ceilings.js";
import { messageOf, type StubError } from "../errors.js";
import type { GuestModule } from "../guest/module.js";
import { QUEUE_WAIT_MS } from "../limits.js";
import type { GuestLife } from "../sandbox/guest-life.js";
import { GuestRecord } from "../sandbox/guest-record.js";
import { type Hardening, hardenThread } from "../sandbox/hardening.js";
import { Phase } from "../sandbox/phase.js";
import { LOG_LEVEL, TRITON_ERROR } from "../wire/datatypes.js";
import { type InstanceArguments, instanceArguments } from "../wire/initialize.js";
import type { ServerRelease } from "../wire/release/detect.js";
import { completeModelConfig } from "./auto-complete.js";
import { Batch } from "./batch.js";
import { Connection, type ConnectionShare } from "./connection.js";
import { FailureLog } from "./failure-log.js";
import { GuestStatistics } from "./guest-statistics.js";
import { type Logger, ServerLogger } from "./logger.js";
import { MetricRegistry } from "./metric-registry.js";
import { type Metric, Metrics } from "./metrics.js";
import { loadModel } from "./model.js";
import type { ModelFiles } from "./model-files.js";
import { FINALIZE_REQUESTS } from "./refusal.js";
import { ReleaseGuard } from "./release-guard.js";
import { type Responses, responsesOf } from "./responses.js";
import type { ServerFolderShare } from "./server-folder.js";
import { COMMAND, type CommandSlot } from "./slots.js";
import { StderrLogger } from "./stderr-logger.js";

/** What the supervisor hands to a new executor thread. */
export interface ExecutorData {
  readonly connection: ConnectionShare;
  readonly phase: SharedArrayBuffer;
  readonly record: SharedArrayBuffer;
  readonly files: ModelFiles;
  /** The module that an executor before it has loaded. */
  readonly guest?: GuestModule;
  /** Whether the server was started with verbose logging. */
  readonly serverVerbose: boolean;
  /** What the stubs of the server share. */
  readonly serverFolder: ServerFolderShare;
  readonly hardening: Hardening;
  /** The most that the operator lets a model ask for. */
  readonly ceilings: Ceilings;
  /** Metrics that an executor before it has made. */
  readonly metrics: readonly Metric[];
  /** Why the executor before it has ended, which the metrics do not tell yet. */
  readonly stopped?: Stop;
  /** The command in which it ended, when that is left for its successor to settle. */
  readonly unsettled?: UnsettledCommand;
  /** How many executors have been stopped before. */
  readonly restarts: number;
  readonly server: ServerRelease;
  /** Name of the model instance with its version, for logs. */
  readonly name: string;
  /** Set when it replaces an executor that had initialised the model. */
  readonly instance?: InstanceArguments;
}

/**
 * An execution or an initialisation that has to be answered, or a finalize. After one of the latter two the model has ended, and
 * its metrics go first.
 */
export interface UnsettledCommand {
  readonly command: CommandSlot;
  readonly reason: string;
}

/** How an executor has ended in the middle of its work, and the sentence that says why. */
export interface Stop {
  readonly kind: "deadline" | "died";
  readonly reason: string;
}

/** What an executor tells the supervisor. */
export type ExecutorMessage =
  | {
      readonly kind: "initialised";
      readonly instance: InstanceArguments;
    }
  | { readonly kind: "loaded"; readonly guest: GuestModule }
  /** No call of the guest has a shorter deadline. */
  | { readonly kind: "deadlines"; readonly shortestMs: number }
  | { readonly kind: "metric"; readonly metric: Metric }
  /** The server is not what it was taken for, and waits for an answer to the message at `command`. */
  | { readonly kind: "mistrusted"; readonly reason: string; readonly command: number }
  /** The server knows that the instance cannot be used; the process has to end. */
  | { readonly kind: "refused" }
  | { readonly kind: "finalised" };

/** The thread that takes the server's commands, runs the guest and answers. */
export class Executor {
  private readonly connection: Connection;
  private readonly phase: Phase;
  private readonly files: ModelFiles;
  private readonly loadedModule: GuestModule | undefined;
  private readonly batch: Batch;
  private readonly logger: Logger;
  private readonly stderr: Logger;
  private readonly metrics: Metrics;
  private readonly record: GuestRecord;
  private statistics: GuestStatistics | undefined;
  private readonly stopped: Stop | undefined;
  private readonly failures: FailureLog;
  private readonly responses: Responses;
  private readonly serverVerbose: boolean;
  private readonly restarts: number;
  private readonly report: (message: ExecutorMessage) => void;
  private instance: InstanceArguments | undefined;
  private guest: GuestLife | undefined;
  private readonly server: ServerRelease;
  private readonly hardening: Hardening;
  private readonly ceilings: Ceilings;
  private readonly guard: ReleaseGuard;
  /** Whether nothing but answers may go to the server yet. */
  private held: boolean;

  constructor(data: ExecutorData, report: (message: ExecutorMessage) => void) {
    hardenThread(data.hardening.thread);
    this.connection = new Connection(data.connection);
    this.phase = new Phase(data.phase);
    this.record = new GuestRecord(data.record);
    this.stopped = data.stopped;
    this.files = data.files;
    this.loadedModule = data.guest;
    this.server = data.server;
    this.hardening = data.hardening;
    this.ceilings = data.ceilings;
    this.held = !data.server.confirmed;
    this.batch = new Batch(this.connection);
    const stderr = new StderrLogger(data.name);
    const logger = new ServerLogger(this.connection, data.name);
    this.stderr = stderr;
    this.logger = { log: (level, text) => (this.held ? stderr : logger).log(level, text) };
    this.failures = new FailureLog(this.logger);
    this.metrics = new Metrics(
      this.connection,
      new MetricRegistry(data.serverFolder),
      data.metrics,
      (metric) => report({ kind: "metric", metric }),
      // Not over the side channel, on which the refused message still is under way.
      (message) => stderr.log(LOG_LEVEL.warning, message),
      this.held,
    );
    this.responses = responsesOf(this.connection, this.logger);
    this.serverVerbose = data.serverVerbose;
    this.restarts = data.restarts;
    this.instance = data.instance;
    this.guard = new ReleaseGuard(this.connection);
    this.report = report;
  }

  /** Serves commands until the server finalises the instance or initialisation fails. */
  run(unsettled: UnsettledCommand | undefined): void {
    const { slots, commands } = this.connection;
    if (unsettled !== undefined && this.settle(unsettled)) return;
    if (this.stopped !== undefined && this.instance !== undefined) {
      this.statistics = new GuestStatistics(this.metrics, this.record, this.instance);
      this.statistics.stopped(this.stopped.kind);
      this.failures.report(this.stopped.reason);
      this.metrics.flush();
      this.connection.side.settle();
    }
    // The executor before us may have died between its answer and the server's token.
    if (slots.answered) {
      const refused = slots.command === COMMAND.initialize && this.instance === undefined;
      this.finishAnswer();
      this.responses.finish();
      if (refused) {
        this.report({ kind: "refused" });
        return;
      }
    }
    for (;;) {
      const handle = commands.pop(QUEUE_WAIT_MS);
      if (handle < 0) continue;
      slots.serving = true;
      if (handle > 0 && this.serve(handle)) return;
    }
  }

  /** @returns whether there is nothing left to do */
  private settle({ command, reason }: UnsettledCommand): boolean {
    if (command === COMMAND.execute) {
      this.failAbandoned(reason);
      return false;
    }
    // The server serves no metric of the model any more once it knows of the failure, or of the end.
    this.metrics.closeAll();
    if (command === COMMAND.initialize) {
      this.connection.answerFailedInitialisation(reason);
      return false;
    }
    this.report({ kind: "finalised" });
    return true;
  }

  private failAbandoned(reason: string): void {
    const { heap, slots } = this.connection;
    try {
      heap.followGrowth();
      this.batch.beginAbandoned(slots.args);
      this.responses.begin(this.batch);
      this.responses.fail(reason);
    } catch {
      // A second failure must not end this executor as well: the one after it would fail in the same way.
      this.connection.answerFailedBatch(reason);
    }
  }

  /** @returns whether that was the last command */
  private serve(handle: number): boolean {
    const { dialect, reader, heap } = this.connection;
    const { message } = dialect;
    try {
      heap.followGrowth();
      message.decode(reader, handle);
    } catch (error) {
      if (!this.isFinalize(handle)) {
        this.refuseUnreadable(error);
        return false;
      }
    }
    const { command, args } = message;
    if (FINALIZE_REQUESTS.includes(command)) {
      this.finalize(handle);
      return true;
    }
    switch (command) {
      case dialect.commands.executeRequest:
        this.execute(args);
        return false;
      case dialect.commands.initializeRequest:
        return this.initialize(args);
      case dialect.commands.autoCompleteRequest:
        this.autoComplete(args);
        return false;
      default:
        this.report({
          kind: "mistrusted",
          reason: this.guard.reasonAgainst(command),
          command: handle,
        });
        return true;
    }
  }

  /** In a region that has grown beyond what can be mapped, the beginning still can be read. */
  private isFinalize(handle: number): boolean {
    const { dialect, reader } = this.connection;
    try {
      dialect.message.decode(reader, handle);
      return FINALIZE_REQUESTS.includes(dialect.message.command);
    } catch {
      return false;
    }
  }

  /** Only tensors make a region grow, so a command that cannot be read is an execution. */
  private refuseUnreadable(error: unknown): void {
    this.connection.slots.command = COMMAND.execute;
    this.connection.answerFailedBatch(messageOf(error));
    this.finishAnswer();
  }

  private execute(args: number): void {
    this.connection.slots.args = args;
    this.connection.slots.command = COMMAND.execute;
    if (this.guard.check(args, this.instance!) && this.held) {
      this.held = false;
      this.metrics.makeHeld();
    }
    if (this.guard.refusal !== undefined) {
      this.guard.refuse(args, this.batch, () => this.finishAnswer());
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
    // Missing only when this thread replaces a killed one: the guest is loaded for the first batch after that.
    this.guest ??= this.loadGuest(this.restarts);
    try {
      this.guest.execute();
    } catch (error) {
      if ((error as StubError).code !== "ERR_GUEST_UNAVAILABLE") throw error;
      this.batch.failAll(TRITON_ERROR.unavailable, messageOf(error));
    }
    this.batch.finishOutputs();
  }

  private initialize(args: number): boolean {
    const { slots, dialect, reader, heap } = this.connection;
    slots.command = COMMAND.initialize;
    let failure: string | undefined;
    try {
      this.instance = instanceArguments(dialect.dictionary.read(reader, args));
      // A failure of which the server could not be told when it asked for the completion.
      if (!dialect.autoComplete.reportsFailures) this.completeConfig(this.instance.modelConfig);
      this.guest = this.loadGuest(0);
      this.guest.initialize();
      this.report({ kind: "initialised", instance: this.instance });
    } catch (error) {
      failure = messageOf(error);
      this.metrics.closeAll();
    }
    this.connection.answer(dialect.commands.initializeResponse, () =>
      dialect.initialize.encodeLocked(heap, failure),
    );
    this.finishAnswer();
    if (failure !== undefined) this.report({ kind: "refused" });
    return failure !== undefined;
  }

  private loadGuest(restarts: number): GuestLife {
    const { batch, metrics, logger, phase, record, serverVerbose, files } = this;
    const instance = this.instance!;
    const statistics = (this.statistics ??= new GuestStatistics(metrics, record, instance));
    return loadModel({
      instance,
      files,
      guest: this.loadedModule,
      serverVerbose,
      batch,
      metrics,
      logger,
      phase,
      record,
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
      server: this.server,
      hardening: this.hardening,
      ceilings: this.ceilings,
      onLimits: ({ executeDeadlineMs, initializeDeadlineMs }) =>
        this.report({
          kind: "deadlines",
          shortestMs: Math.min(executeDeadlineMs, initializeDeadlineMs),
        }),
      onLoaded: (guest) => this.report({ kind: "loaded", guest }),
    });
  }

  private autoComplete(args: number): void {
    const { slots, dialect, reader, heap } = this.connection;
    slots.command = COMMAND.autoComplete;
    slots.args = args;
    const config = dialect.autoComplete.readConfig(reader, args);
    let answer: () => number;
    try {
      const completed = this.completeConfig(config);
      answer = () => dialect.autoComplete.encodeLocked(heap, completed);
    } catch (error) {
      this.stderr.log(LOG_LEVEL.error, messageOf(error));
      answer = () => dialect.autoComplete.encodeErrorLocked(heap, messageOf(error), config);
    }
    this.connection.answer(dialect.commands.autoCompleteResponse, answer);
    this.finishAnswer();
  }

  private completeConfig(config: string): string {
    return completeModelConfig({
      config,
      files: this.files,
      ceilings: this.ceilings,
      batch: this.batch,
      // The server listens to no other message while it waits for this answer.
      logger: this.stderr,
      phase: this.phase,
      onDeadline: (shortestMs) => this.report({ kind: "deadlines", shortestMs }),
    });
  }

  /** The answer goes out first, in the request's own block: the server then waits for this process to end. */
  private finalize(handle: number): void {
    const { slots, dialect, reader, answers } = this.connection;
    slots.command = COMMAND.finalize;
    dialect.message.overwriteCommand(reader, handle, dialect.message.command + 1);
    slots.startFinalizing();
    this.connection.push(answers, handle);
    try {
      this.guest?.finalize();
    } catch (error) {
      this.logger.log(LOG_LEVEL.error, messageOf(error));
    }
    this.metrics.flush();
    // The server waits for the end of an exchange even when the process is gone.
    this.connection.side.settle();
    this.metrics.closeAll();
    this.report({ kind: "finalised" });
  }

  /** Waits for the server's token, then drops what the answer was made of. */
  private finishAnswer(): void {
    const { slots, commands, heap } = this.connection;
    while (commands.pop(QUEUE_WAIT_MS) !== 0);
    slots.answered = false;
    this.connection.side.settle();
    heap.dropNewer(0);
    slots.command = COMMAND.none;
  }
}
