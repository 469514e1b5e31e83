import type { Mapping } from "./mapping.js";
import { COMMAND_STATE, EXCHANGE, INSTANCE, LIMIT, PUSH } from "./mapping-table.js";

/**
 * What the guard must know of the command in work when this process dies. Each note is made before what it is of.
 *
 * ```
 *  waiting  --- the command's message is taken ---> taken --- an answer is put ---> answered --- the server's token is taken ---> waiting
 * ```
 */
export class Journal {
  private readonly mapping: Mapping;

  constructor(mapping: Mapping) {
    this.mapping = mapping;
  }

  get isAnswered(): boolean {
    return this.mapping.get("command") === COMMAND_STATE.answered;
  }

  /** Handle of the message that the executor before this one has left to be settled; undefined when there is none. */
  get takenMessage(): number | undefined {
    const { mapping } = this;
    return mapping.get("command") === COMMAND_STATE.taken
      ? mapping.get("command_handle")
      : undefined;
  }

  take(handle: number, tail: number): void {
    const { mapping } = this;
    mapping.set("needs_executor", 0);
    mapping.set("sent_responses", 0);
    mapping.set("command_handle", handle);
    mapping.set("command_tail", tail);
    mapping.set("command", COMMAND_STATE.taken);
    mapping.set("serving", 1);
  }

  /** The server's token is about to be taken. */
  endCommand(): void {
    this.mapping.set("command", COMMAND_STATE.waiting);
  }

  /** The command in work cannot be answered without codecs from now on. */
  needExecutor(): void {
    this.mapping.set("needs_executor", 1);
  }

  beginPush(queue: "answers" | "side", head: number, sendsResponse: boolean): void {
    const { mapping } = this;
    mapping.set("push_head", head);
    mapping.set("push_sends", sendsResponse ? 1 : 0);
    mapping.set("push_sent", this.sentResponses + 1);
    mapping.set("push", PUSH[queue]);
  }

  endPush(): void {
    const { mapping } = this;
    if (mapping.get("push_sends") !== 0) mapping.set("sent_responses", mapping.get("push_sent"));
    mapping.set("push", PUSH.none);
  }

  /** The push was that of the answer to the command in work. */
  endAnswer(): void {
    this.mapping.set("command", COMMAND_STATE.answered);
    this.mapping.set("push", PUSH.none);
  }

  /** The server is about to be told of the load. */
  endLoad(succeeded: boolean): void {
    this.mapping.set("instance", succeeded ? INSTANCE.initialised : INSTANCE.failed);
  }

  /** The server is about to be told that it may take the instance away. */
  beginFinalizing(): void {
    this.mapping.set("limit", LIMIT.finalize);
  }

  /** Whether the command in work is the last one. */
  get isFinalizing(): boolean {
    return this.mapping.get("limit") === LIMIT.finalize;
  }

  /** How many requests of the batch in work have their response. */
  get sentResponses(): number {
    return this.mapping.get("sent_responses");
  }

  /** Offsets in the region. */
  beginExchange(mutexAt: number, conditionAt: number, flagAt: number): void {
    const { mapping } = this;
    mapping.set("exchange_mutex_at", mutexAt);
    mapping.set("exchange_condition_at", conditionAt);
    mapping.set("exchange_flag_at", flagAt);
    mapping.set("exchange", EXCHANGE.underWay);
  }

  acknowledgeExchange(): void {
    this.mapping.set("exchange", EXCHANGE.acknowledging);
  }

  endExchange(): void {
    this.mapping.set("exchange", EXCHANGE.none);
  }
}
