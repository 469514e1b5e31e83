import { type Handle, type ObjectOffset, offsetBy, type RegionOffset } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import type { WireReader } from "../../wire/reader.js";
import type { WireWriter } from "../../wire/writer.js";

/** How far a call of another model is. */
export const CALL_STATE = {
  /** The server has not answered yet. */
  pending: 0,
  /** The answer is read, and the server is about to be notified. */
  acknowledging: 1,
  /** The server was notified, and later responses of the stream may follow. */
  streaming: 2,
  /** The last response of the stream has come: the server must delete its state of the stream. */
  ended: 3,
  /** Nothing is left to do but to drop the blocks. */
  done: 4,
  /** As streaming, but the last response may have come: it was an error that did not name its stream. Nobody waits for the call. */
  unclear: 5,
} as const;
export type CallState = (typeof CALL_STATE)[keyof typeof CALL_STATE];

/** A block that a call holds. */
export interface HeldBlock {
  readonly handle: Handle;
  /**
   * Handle of tensor data within the block that the called model reads, with a reference count of its own; 0: none. The block must not be
   * freed before the server has dropped its references to the data.
   */
  readonly shared: number;
}

const COUNT_AT = 0;
const STREAM_AT = 8;
const MESSAGE_AT = 16;
const MUTEX_AT = 20;
const CONDITION_AT = 24;
/** Place of the state in a record. */
export const CALL_RECORD_STATE_AT = 28;
const NEXT_AT = 32;
const OWNS_AT = 36;
const LAST_AT = 40;
const HEAD_BYTES = 48;
const ENTRY_BYTES = 8;

/** The message of a call, and what its sender waits with. */
export interface CallMessage {
  readonly message: Handle;
  readonly mutexAt: RegionOffset;
  readonly conditionAt: RegionOffset;
}

/**
 * A call that was sent to the server, in a block of the region: it outlives the executor, so that a successor can take an answer that comes
 * late. Only executors read the block.
 *
 * ```
 *  number of blocks | stream | message | mutex | condition | state | next | owns | last | block, shared data | block, shared data | ...
 * ```
 */
export class CallRecord {
  private readonly reader: WireReader;
  private readonly writer: WireWriter;
  readonly handle: Handle;
  private readonly object: ObjectOffset;

  constructor(reader: WireReader, writer: WireWriter, handle: Handle) {
    this.reader = reader;
    this.writer = writer;
    this.handle = handle;
    this.object = objectAt(handle);
  }

  /** Size of the record of a call that holds `blocks` blocks. */
  static bytes(blocks: number): number {
    return HEAD_BYTES + blocks * ENTRY_BYTES;
  }

  /** Fills a new record of a pending call. */
  fill({ message, mutexAt, conditionAt }: CallMessage, held: readonly HeldBlock[]): void {
    const { writer, object } = this;
    writer.zero(object, HEAD_BYTES);
    writer.u32(object, COUNT_AT, held.length);
    writer.u32(object, MESSAGE_AT, message);
    writer.u32(object, MUTEX_AT, mutexAt);
    writer.u32(object, CONDITION_AT, conditionAt);
    for (const [index, { handle, shared }] of held.entries()) {
      const entry = HEAD_BYTES + index * ENTRY_BYTES;
      writer.u32(object, entry, handle);
      writer.u32(object, entry + 4, shared);
    }
  }

  get message(): Handle {
    return this.reader.u32(this.object, MESSAGE_AT) as Handle;
  }

  get mutexAt(): RegionOffset {
    return this.reader.u32(this.object, MUTEX_AT) as RegionOffset;
  }

  get conditionAt(): RegionOffset {
    return this.reader.u32(this.object, CONDITION_AT) as RegionOffset;
  }

  get state(): CallState {
    return this.reader.u32(this.object, CALL_RECORD_STATE_AT) as CallState;
  }

  set state(state: CallState) {
    this.writer.u32(this.object, CALL_RECORD_STATE_AT, state);
  }

  /** The state after the server was notified; before that, the state if its answer is not the last response. */
  get next(): CallState {
    return this.reader.u32(this.object, NEXT_AT) as CallState;
  }

  set next(state: CallState) {
    this.writer.u32(this.object, NEXT_AT, state);
  }

  /** The server's id of the stream; 0n: the answer is the only response. */
  get stream(): bigint {
    return this.reader.bigU64(this.object, STREAM_AT);
  }

  set stream(stream: bigint) {
    this.writer.bigU64(this.object, STREAM_AT, stream);
  }

  /** Slot of the queue of streams with the last response of the stream; undefined: that response did not come through this queue. */
  get lastTail(): number | undefined {
    const number = this.reader.u32(this.object, LAST_AT);
    return number === 0 ? undefined : number - 1;
  }

  set lastTail(tail: number) {
    this.writer.u32(this.object, LAST_AT, tail + 1);
  }

  /** Whether the ledger does not list the blocks of the call any more. */
  get ownsBlocks(): boolean {
    return this.reader.u32(this.object, OWNS_AT) !== 0;
  }

  /** Notes that the ledger does not list the blocks any more. */
  own(): void {
    this.writer.u32(this.object, OWNS_AT, 1);
  }

  /** Number of blocks that the call still holds. */
  get count(): number {
    return this.reader.u32(this.object, COUNT_AT);
  }

  /** Offset of {@link count}, a word of 8 bytes. */
  get countAt(): RegionOffset {
    return offsetBy(this.object, COUNT_AT);
  }

  held(index: number): HeldBlock {
    const entry = HEAD_BYTES + index * ENTRY_BYTES;
    return {
      handle: this.reader.u32(this.object, entry) as Handle,
      shared: this.reader.u32(this.object, entry + 4),
    };
  }
}
