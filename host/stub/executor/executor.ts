import { messageOf } from "../../errors.js";
import { FINALIZE_REQUESTS } from "../../wire/dialect.js";
import type { Message } from "../../wire/message.js";
import { succeed } from "./abandoned.js";
import { autoComplete } from "./auto-complete.js";
import { execute } from "./execute.js";
import type { ExecutorOptions } from "./executor-options.js";
import { finalize } from "./finalize.js";
import { initialize } from "./initialize.js";
import type { Outcome } from "./outcome.js";
import { Work } from "./work.js";

/** Takes the server's commands one after the other, and has each served. */
export class Executor {
  private readonly options: ExecutorOptions;
  private readonly work: Work;

  constructor(options: ExecutorOptions) {
    this.options = options;
    this.work = new Work(options);
  }

  /** Serves commands until the server finalises the instance or initialisation fails. @returns why it has ended */
  run(): Outcome {
    const { endpoint, journal, mapping } = this.options;
    const { answers } = this.work;
    const before = succeed(this.work);
    if (before !== undefined) return before;
    mapping.set("ready", 1);
    // The executor before us may have died between its answer and the server's token.
    if (journal.isAnswered) answers.finish();
    else endpoint.heap.command.close();
    answers.responses.finish();
    for (;;) {
      const handle = endpoint.takeCommand();
      if (handle === 0) continue;
      const outcome = this.serve(handle);
      if (outcome !== undefined) return outcome;
    }
  }

  /** @returns why that was the last command; undefined when it was not */
  private serve(handle: number): Outcome | undefined {
    const { work } = this;
    const { commands } = this.options.endpoint.dialect;
    const message = this.decodeCommand(handle);
    if (message === undefined) return undefined;
    const { command, args } = message;
    if (FINALIZE_REQUESTS.has(command)) return finalize(work, message);
    switch (command) {
      case commands.executeRequest:
        execute(work, args);
        return undefined;
      case commands.initializeRequest:
        return initialize(work, args);
      case commands.autoCompleteRequest:
        autoComplete(work, args);
        return undefined;
      default:
        return work.mistrust(command);
    }
  }

  /** @returns undefined when the command cannot be read, and has its answer */
  private decodeCommand(handle: number): Message | undefined {
    const { dialect, reader, heap } = this.options.endpoint;
    const { answers } = this.work;
    try {
      heap.followGrowth();
      return dialect.message.decode(reader, handle);
    } catch (error) {
      const finalize = this.decodeFinalize(handle);
      if (finalize !== undefined) return finalize;
      // Only tensors make a region grow, so a command that cannot be read is an execution.
      answers.failBatch(messageOf(error));
      answers.finish();
      return undefined;
    }
  }

  /** In a region that has grown beyond what can be mapped, the beginning still can be read. */
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
