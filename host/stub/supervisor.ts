import type { Worker } from "node:worker_threads";
import type { Ceilings } from "../config/ceilings.js";
import { messageOf } from "../errors.js";
import type { GuestModule } from "../guest/module.js";
import { exitProcess } from "../libc/process.js";
import {
  EXECUTE_DEADLINE_MS,
  EXECUTOR_START_FAILURES_MAX,
  FINALIZE_DEADLINE_MS,
  HEALTH_PERIOD_MS,
  INITIALIZE_DEADLINE_MS,
  SPARE_LEAD_MS,
} from "../limits.js";
import { GuestRecord } from "../sandbox/guest-record.js";
import type { Hardening } from "../sandbox/hardening.js";
import { Phase } from "../sandbox/phase.js";
import { LOG_LEVEL } from "../wire/datatypes.js";
import type { InstanceArguments } from "../wire/initialize.js";
import type { ServerRelease } from "../wire/release/detect.js";
import { logNameOf, type StubArguments } from "./arguments.js";
import type { Connection } from "./connection.js";
import type { ExecutorData, ExecutorMessage, Stop, UnsettledCommand } from "./executor.js";
import { beatHealth } from "./health.js";
import type { Logger } from "./logger.js";
import type { Metric } from "./metrics.js";
import type { ModelFiles } from "./model-files.js";
import { removeRegion } from "./open-region.js";
import { ParentWatch } from "./parent-watch.js";
import { Refusal } from "./refusal.js";
import type { ServerFolder } from "./server-folder.js";
import { COMMAND } from "./slots.js";
import { startThread } from "./thread.js";

export interface SupervisorOptions {
  readonly args: StubArguments;
  readonly connection: Connection;
  readonly files: ModelFiles;
  readonly logger: Logger;
  readonly server: ServerRelease;
  readonly hardening: Hardening;
  readonly ceilings: Ceilings;
  readonly serverFolder: ServerFolder;
  /** Whether the server was started with verbose logging. */
  readonly serverVerbose: boolean;
}

/** What a new executor has to say of the one before it. */
type Predecessor = Pick<ExecutorData, "stopped" | "unsettled">;

/**
 * The main thread: health, watch on the server, deadlines, a new executor for one that died, and the end of the process.
 * It never runs a guest and never waits for the server.
 */
export class Supervisor {
  private readonly args: StubArguments;
  private readonly connection: Connection;
  private readonly files: ModelFiles;
  private readonly logger: Logger;
  private readonly server: ServerRelease;
  private readonly hardening: Hardening;
  private readonly ceilings: Ceilings;
  private readonly serverFolder: ServerFolder;
  private readonly serverVerbose: boolean;
  private readonly phase = new Phase();
  private readonly watch: ParentWatch;
  private readonly record = new GuestRecord();
  private executor: Worker;
  private instance: InstanceArguments | undefined;
  /** The module that every executor of this instance runs. */
  private guest: GuestModule | undefined;
  private readonly metrics: Metric[] = [];
  private restarts = 0;
  /** How many executors in a row have ended before they took a command. */
  private startFailures = 0;
  /** Why the executor is being killed, once it is. */
  private killReason: string | undefined;
  /** A thread that waits to become the executor. */
  private spare: Worker | undefined;
  /** No call of the guest has a shorter deadline. */
  private shortestDeadlineMs: number = HEALTH_PERIOD_MS;

  constructor(options: SupervisorOptions, thread: Worker) {
    const { args, connection, files, logger, server, hardening, serverFolder } = options;
    this.args = args;
    this.connection = connection;
    this.files = files;
    this.logger = logger;
    this.server = server;
    this.hardening = hardening;
    this.ceilings = options.ceilings;
    this.serverFolder = serverFolder;
    this.serverVerbose = options.serverVerbose;
    this.watch = new ParentWatch(args.pid);
    connection.prepare();
    this.executor = this.employ(thread);
    this.beat();
    setInterval(() => this.beat(), HEALTH_PERIOD_MS);
    this.watchDeadline();
  }

  /** Makes a thread of this program the executor. @param predecessor what became of the one before */
  private employ(executor: Worker, predecessor: Predecessor = {}): Worker {
    const data: ExecutorData = {
      connection: this.connection.share(),
      phase: this.phase.buffer,
      record: this.record.buffer,
      files: this.files,
      ...(this.guest === undefined ? {} : { guest: this.guest }),
      serverVerbose: this.serverVerbose,
      serverFolder: this.serverFolder.share(),
      hardening: this.hardening,
      ceilings: this.ceilings,
      metrics: this.metrics,
      restarts: this.restarts,
      ...predecessor,
      server: this.server,
      name: logNameOf(this.args),
      ...(this.instance === undefined ? {} : { instance: this.instance }),
    };
    let failure = "it ended without a reason";
    executor.on("message", (message: ExecutorMessage) => this.hear(message));
    executor.on("error", (error) => {
      failure = messageOf(error);
    });
    executor.on("exit", () => {
      this.replaceExecutor(this.killReason ?? `the executor thread died: ${failure}`);
    });
    this.connection.slots.serving = false;
    executor.postMessage(data);
    return executor;
  }

  private hear(message: ExecutorMessage): void {
    switch (message.kind) {
      case "initialised":
        this.instance = message.instance;
        break;
      case "loaded":
        this.guest = message.guest;
        break;
      case "deadlines":
        this.shortestDeadlineMs = message.shortestMs;
        break;
      case "metric":
        this.metrics.push(message.metric);
        break;
      case "mistrusted":
        this.logger.log(LOG_LEVEL.error, message.reason);
        this.serverFolder.leave();
        new Refusal(this.connection.region, this.args, message.reason).takeOver(message.command);
        break;
      case "refused":
        // The server removes the region itself and waits for this process to end.
        this.serverFolder.leave();
        exitProcess(1);
        break;
      case "finalised":
        this.leave(0);
    }
  }

  private beat(): void {
    if (!this.watch.alive()) this.leave(1);
    // Outside of the guest the process must not end: it may hold a mutex of the region, or owe the server the end of an exchange.
    if (this.connection.slots.finalizingMs() > FINALIZE_DEADLINE_MS && this.phase.tryKill()) {
      this.killReason = `finalize took more than ${FINALIZE_DEADLINE_MS} ms and was given up`;
      void this.executor.terminate();
    }
    beatHealth(this.connection.region, this.connection.control);
  }

  /** Looks at the running call often enough to see each, and again when its time is nearly over and when it is over. */
  private watchDeadline(): void {
    // Also while a call with a long deadline runs: the next one may have a short one.
    let next = Math.min(HEALTH_PERIOD_MS, Math.max(1, this.shortestDeadlineMs / 2));
    const remaining = this.phase.remainingMs();
    if (remaining !== undefined && this.killReason === undefined) {
      if (remaining <= SPARE_LEAD_MS) this.spare ??= startThread();
      if (remaining < 0) this.killOverdue(-remaining);
      const due = remaining > SPARE_LEAD_MS ? remaining - SPARE_LEAD_MS : remaining + 1;
      next = Math.min(next, Math.max(1, due));
    }
    setTimeout(() => this.watchDeadline(), next);
  }

  private killOverdue(overMs: number): void {
    const limitMs = this.phase.deadlineMs;
    if (!this.phase.tryKillOverdue()) return;
    const { parameter } =
      this.connection.slots.command === COMMAND.execute
        ? EXECUTE_DEADLINE_MS
        : INITIALIZE_DEADLINE_MS;
    this.killReason = `the model exceeded its ${parameter} of ${limitMs} ms by ${overMs} ms and was stopped`;
    void this.executor.terminate();
  }

  /** Answers for an executor that is gone and starts another: the server sees one failed batch, or a failed load. */
  private replaceExecutor(reason: string): void {
    const kind = this.killReason === undefined ? "died" : "deadline";
    const { slots } = this.connection;
    this.killReason = undefined;
    this.record.fail();
    // Of an instance that serves, the next executor reports it in the server's own log.
    if (this.instance === undefined) this.logger.log(LOG_LEVEL.error, reason);
    this.startFailures = slots.serving ? 0 : this.startFailures + 1;
    const unsettled = slots.answered ? undefined : this.answer(reason, kind);
    if (this.startFailures >= EXECUTOR_START_FAILURES_MAX) {
      this.refuse(
        `the model's executor ended ${this.startFailures} times before it took a command (${reason}): reload the model`,
      );
    }
    this.phase.reset();
    this.restarts += 1;
    const thread = this.spare ?? startThread();
    this.spare = undefined;
    this.executor = this.employ(thread, {
      stopped: { kind, reason },
      ...(unsettled === undefined ? {} : { unsettled }),
    });
  }

  /**
   * Answers the command in which an executor has ended.
   * @returns the command when that takes talks with the server, which may be as long as the server likes
   */
  private answer(reason: string, stopped: Stop["kind"]): UnsettledCommand | undefined {
    const { slots, sendsResponses } = this.connection;
    const unsettled = { command: slots.command, reason };
    // What the server has added may hold the command that is to be answered.
    const mapped = this.canFollowGrowth();
    switch (slots.command) {
      case COMMAND.execute:
        if (sendsResponses && mapped) return unsettled;
        this.connection.answerFailedBatch(reason);
        return undefined;
      case COMMAND.initialize:
        if (this.metrics.length > 0) return unsettled;
        this.connection.answerFailedInitialisation(reason);
        return undefined;
      case COMMAND.autoComplete:
        this.answerFailedCompletion(reason);
        return undefined;
      case COMMAND.finalize:
        if (this.metrics.length > 0 && stopped === "deadline") return unsettled;
    }
    // Died without a command to blame: the next one would die as well. A server that still waits for the instance would not
    // notice the end of this process, and wait for ever.
    if (this.instance === undefined && slots.command === COMMAND.none) this.refuse(reason);
    return this.leave(1);
  }

  /** Maps what the server has added to the region: the next executor starts with what is mapped here. */
  private canFollowGrowth(): boolean {
    try {
      this.connection.heap.followGrowth();
      return true;
    } catch {
      return false;
    }
  }

  private answerFailedCompletion(reason: string): void {
    const { heap, dialect, reader, slots } = this.connection;
    const config = dialect.autoComplete.readConfig(reader, slots.args);
    this.connection.answer(dialect.commands.autoCompleteResponse, () => {
      heap.dropNewerLocked(0);
      return dialect.autoComplete.encodeErrorLocked(heap, reason, config);
    });
  }

  private refuse(reason: string): never {
    this.logger.log(LOG_LEVEL.error, reason);
    this.serverFolder.leave();
    const failBatch = () => this.connection.answerFailedBatch(reason);
    return new Refusal(this.connection.region, this.args, reason, failBatch).follow();
  }

  private leave(status: number): never {
    removeRegion(this.args.regionName, this.connection.region.fd);
    this.serverFolder.leave();
    return exitProcess(status);
  }
}
