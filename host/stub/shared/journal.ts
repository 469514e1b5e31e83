import type { ChannelJournal } from "../../channel/journal.js";
import type { Handle, RegionOffset } from "../../numbers.js";
import type { Mapping, Word } from "./mapping.js";
import { COMMAND_STATE, EXCHANGE, INSTANCE, LIMIT, PUSH } from "./mapping-table.js";
import { PushEffects } from "./push-effects.js";

/**
 * The state of the current command, which the guard reads when this process has died. Each note is written before the step that it
 * describes.
 *
 * ```
 *  waiting  --- the command's message is taken ---> taken --- an answer is put ---> answered --- the server's token is taken ---> waiting
 * ```
 */
export class Journal implements ChannelJournal {
  private readonly command: Word;
  private readonly commandHandle: Word;
  private readonly commandTail: Word;
  private readonly batchNumber: Word;
  private readonly exchange: Word;
  private readonly exchangeConditionAt: Word;
  private readonly exchangeFlagAt: Word;
  private readonly exchangeMutexAt: Word;
  private readonly factoryCount: Word;
  private readonly instance: Word;
  private readonly limit: Word;
  private readonly push: Word;
  private readonly effects: PushEffects;
  private readonly pushHead: Word;
  private readonly sent: Word;
  private readonly serving: Word;

  constructor(mapping: Mapping) {
    this.command = mapping.word("command");
    this.commandHandle = mapping.word("command_handle");
    this.commandTail = mapping.word("command_tail");
    this.batchNumber = mapping.word("batch_number");
    this.exchange = mapping.word("exchange");
    this.exchangeConditionAt = mapping.word("exchange_condition_at");
    this.exchangeFlagAt = mapping.word("exchange_flag_at");
    this.exchangeMutexAt = mapping.word("exchange_mutex_at");
    this.factoryCount = mapping.word("factory_count");
    this.instance = mapping.word("instance");
    this.limit = mapping.word("limit");
    this.push = mapping.word("push");
    this.effects = new PushEffects(mapping);
    this.pushHead = mapping.word("push_head");
    this.sent = mapping.word("sent_responses");
    this.serving = mapping.word("serving");
  }

  get isAnswered(): boolean {
    return this.command.value === COMMAND_STATE.answered;
  }

  /** Handle of the message of the current command. */
  get commandMessage(): Handle {
    return this.commandHandle.value as Handle;
  }

  /** Handle of the message that the executor before this one has left without an answer; undefined when there is none. */
  get takenMessage(): number | undefined {
    return this.command.value === COMMAND_STATE.taken ? this.commandHandle.value : undefined;
  }

  take(handle: number, tail: number): void {
    this.sent.value = 0;
    this.batchNumber.value = this.batchNumber.value + 1;
    this.commandHandle.value = handle;
    this.commandTail.value = tail;
    this.command.value = COMMAND_STATE.taken;
    this.serving.value = 1;
  }

  /** The server's token is about to be taken. */
  endCommand(): void {
    this.command.value = COMMAND_STATE.waiting;
  }

  /**
   * Notes that a word of the mapping has another value as soon as the next push has happened: {@link endPush} writes it, or the guard if
   * this process dies before. Call it directly before the push.
   */
  expect(word: Word, value: number): void {
    this.effects.add(word, value);
  }

  /**
   * Notes that the next push gives back the last response factory. A factory that is given back twice crashes the server; a model with one
   * that is never given back cannot be unloaded.
   */
  expectFactoryGone(): void {
    this.expect(this.factoryCount, this.factoryCount.value - 1);
  }

  /** Notes that after the next push this number of response factories must be given back. */
  expectFactories(count: number): void {
    this.expect(this.factoryCount, count);
  }

  /** Notes that the next push has the last response to a request of the batch. */
  expectResponse(): void {
    this.expect(this.sent, this.sent.value + 1);
  }

  expectAnswer(): void {
    this.expect(this.command, COMMAND_STATE.answered);
  }

  expectExchange(mutexAt: RegionOffset, conditionAt: RegionOffset, flagAt: RegionOffset): void {
    this.exchangeMutexAt.value = mutexAt;
    this.exchangeConditionAt.value = conditionAt;
    this.exchangeFlagAt.value = flagAt;
    this.expect(this.exchange, EXCHANGE.underWay);
  }

  beginPush(queue: "answers" | "side", head: number): void {
    this.pushHead.value = head;
    this.effects.write();
    this.push.value = PUSH[queue];
  }

  endPush(): void {
    this.effects.apply();
    this.push.value = PUSH.none;
  }

  /** The answer to the load is about to go out. */
  endLoad(succeeded: boolean): void {
    this.instance.value = succeeded ? INSTANCE.initialised : INSTANCE.failed;
  }

  /** The answer to the FinalizeRequest is about to go out. */
  beginFinalizing(): void {
    this.limit.value = LIMIT.finalize;
  }

  /** Whether the current command is the last one. */
  get isFinalizing(): boolean {
    return this.limit.value === LIMIT.finalize;
  }

  acknowledgeExchange(): void {
    this.exchange.value = EXCHANGE.acknowledging;
  }

  endExchange(): void {
    this.exchange.value = EXCHANGE.none;
  }
}
