import { messageOf } from "../../errors.js";
import { FINALIZE_REQUESTS } from "../../wire/dialect.js";
import type { Message } from "../../wire/message.js";
import { autoComplete } from "./auto-complete.js";
import { CommandContext } from "./command-context.js";
import { execute } from "./execute.js";
import type { ExecutorOptions } from "./executor-options.js";
import { finalize } from "./finalize.js";
import { initialize } from "./initialize.js";
import type { Outcome } from "./outcome.js";
import { finishPredecessor } from "./predecessor.js";

/** Serves the server's commands, one after the other. */
export class Executor {
  private readonly options: ExecutorOptions;
  private readonly context: CommandContext;

  constructor(options: ExecutorOptions) {
    this.options = options;
    this.context = new CommandContext(options);
  }

  /**
   * Serves commands until the server finalises the instance, or the initialisation fails.
   * @returns why the executor ends
   */
  run(): Outcome {
    const { endpoint, journal, mapping } = this.options;
    const { answers, metrics, streams, readiness, predecessor } = this.context;
    answers.open.abandonBatch();
    const before = finishPredecessor(this.context);
    if (before !== undefined) return before;
    mapping.set("ready", 1);
    // The executor before this one may have died between its answer and the server's token.
    if (journal.isAnswered) answers.finish();
    else endpoint.heap.command.close();
    answers.responses.finish();
    if (predecessor !== undefined) streams.endAll(predecessor.reason);
    for (;;) {
      const waitMs = Math.min(streams.waitMs, readiness.waitMs, metrics.sender.waitMs);
      const handle = endpoint.takeCommand(waitMs);
      if (handle === 0) metrics.sender.sendRest();
      const outcome = handle === 0 ? undefined : this.serve(handle);
      if (outcome !== undefined) {
        // The server waits for the end of an exchange, even after this process has ended.
        endpoint.side.finish();
        return outcome;
      }
      streams.step();
      readiness.step();
    }
  }

  /** @returns why the executor ends; undefined when it continues */
  private serve(handle: number): Outcome | undefined {
    const { context } = this;
    const { commands } = this.options.endpoint.dialect;
    const message = this.decodeCommand(handle);
    if (message === undefined) return undefined;
    const { command, args } = message;
    if (FINALIZE_REQUESTS.has(command)) return finalize(context, message);
    switch (command) {
      case commands.executeRequest:
        execute(context, args);
        return undefined;
      case commands.initializeRequest:
        return initialize(context, args);
      case commands.autoCompleteRequest:
        autoComplete(context, args);
        return undefined;
      default:
        return context.rejectRelease(command);
    }
  }

  /** @returns undefined when the command cannot be read. It has been answered with an error then */
  private decodeCommand(handle: number): Message | undefined {
    const { dialect, reader, heap } = this.options.endpoint;
    const { answers } = this.context;
    try {
      heap.followGrowth();
      return dialect.message.decode(reader, handle);
    } catch (error) {
      const finalize = this.decodeFinalize(handle);
      if (finalize !== undefined) return finalize;
      // Only tensors enlarge a region, so a command that cannot be read is an ExecuteRequest.
      answers.failBatch(messageOf(error));
      answers.finish();
      return undefined;
    }
  }

  /** The beginning of a region that is too large to be mapped can still be read. */
  private decodeFinalize(handle: number): Message | undefined {
    const { dialect, reader } = this.options.endpoint;
    try {
      const message = dialect.message.decode(reader, handle);
      return FINALIZE_REQUESTS.has(message.command) ? message : undefined;
    } catch {
      return undefined;
    }
  }
}
