import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import type { ExecuteEra } from "./era.js";
import type { IpcMessageCodec } from "./ipc-message.js";
import { commandOf, type Layout, offsetsOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { StringCodec, StringPlace } from "./strings.js";
import { constructZeroedLocked } from "./zeroed.js";

const HANDLE_BYTES = 8;

/** `ResponseBatch` in its longest form, that of 24.10 and later: one flag more, behind the fields of all releases. */
const LONGEST_BATCH_BYTES = 120;
const FACTORY_DELETED_AT = 112;

/** Why a batch has failed. */
export interface BatchFailure {
  readonly reason: string;
  /** The reason as the client reads it, in releases that do not add the model instance's name themselves. */
  readonly sentence: string;
}

/**
 * `ExecuteResponse`: a message, and the batch of responses that it brings.
 *
 * ```
 *  up to 24.09:   IPCMessageShm -- args --> | ResponseBatch | handle x count |
 *  from 24.10:  | IPCMessageShm             | ResponseBatch | handle x count |
 * ```
 */
export class ExecuteResponseCodec {
  private readonly era: ExecuteEra;
  private readonly strings: StringCodec;
  private readonly message: IpcMessageCodec;
  private readonly command: number;
  private readonly batch: Readonly<
    Record<"batch_size" | "error" | "has_error" | "is_error_set" | "bytes", number>
  >;
  /** Where the handles of the batch encoded last are. */
  private handlesAt = 0;

  constructor(layout: Layout, era: ExecuteEra, strings: StringCodec, message: IpcMessageCodec) {
    this.era = era;
    this.strings = strings;
    this.message = message;
    this.command = commandOf(layout, "ExecuteResponse");
    this.batch = offsetsOf(
      layout,
      "ResponseBatch",
      "batch_size",
      "error",
      "has_error",
      "is_error_set",
    );
  }

  /** Room for `count` responses, whose handles follow through {@link setResponse}. @returns the message's handle */
  encodeLocked(heap: Heap, count: number): number {
    const bytes = this.batch.bytes + count * HANDLE_BYTES;
    let message: number;
    let batchAt: number;
    if (this.era === "embedded") {
      message = this.message.encodeWithTailLocked(heap, this.command, bytes);
      batchAt = this.message.tailOf(message);
    } else {
      const args = constructZeroedLocked(heap, bytes);
      message = this.message.encodeLocked(heap, this.command, args);
      batchAt = args + OWNERSHIP_BYTES;
    }
    heap.region.view.setUint32(batchAt + this.batch.batch_size, count, true);
    this.handlesAt = batchAt + this.batch.bytes;
    return message;
  }

  /** @param index into the batch encoded last */
  setResponse(heap: Heap, index: number, response: number): void {
    heap.region.view.setUint32(this.handlesAt + index * HANDLE_BYTES, response, true);
  }

  /**
   * A batch that failed as a whole, in a form that servers of all eras read: also one that turns out to be of another
   * release than we took it for gets its error. @returns the message's handle
   */
  encodeFailedLocked(heap: Heap, failure: BatchFailure): number {
    const { reason, sentence } = failure;
    const args = constructZeroedLocked(heap, LONGEST_BATCH_BYTES);
    const message = this.message.encodeWithTailLocked(heap, this.command, LONGEST_BATCH_BYTES);
    this.message.setArgs(heap, message, args);
    const embedded = this.message.tailOf(message);
    const text = this.strings.writeLocked(heap, sentence);
    this.fillFailure(heap, embedded, text);
    this.fillFailure(
      heap,
      args + OWNERSHIP_BYTES,
      this.era === "returned" ? this.strings.writeLocked(heap, reason) : text,
    );
    return message;
  }

  /**
   * Where the texts of a failed batch are: the sentence, and the bare reason where the server reads that.
   * @param message handle of what {@link encodeFailedLocked} has made
   */
  failureTexts(
    reader: WireReader,
    message: number,
  ): readonly [StringPlace, StringPlace | undefined] {
    const { strings, batch } = this;
    const sentence = strings.placeOf(reader, this.message.tailOf(message) + batch.error);
    if (this.era !== "returned") return [sentence, undefined];
    const args = this.message.argsOf(reader, message);
    return [sentence, strings.placeOf(reader, args + OWNERSHIP_BYTES + batch.error)];
  }

  /**
   * Says in the message of a failed batch whether the server must leave the batch's response factories alone (from 24.10),
   * since some are gone.
   */
  setFactoriesGone(heap: Heap, message: number, gone: boolean): void {
    const at = this.message.tailOf(message) + FACTORY_DELETED_AT;
    heap.region.view.setUint8(at, gone ? 1 : 0);
  }

  private fillFailure(heap: Heap, batchAt: number, text: number): void {
    const { view } = heap.region;
    view.setUint32(batchAt + this.batch.error, text, true);
    view.setUint8(batchAt + this.batch.has_error, 1);
    view.setUint8(batchAt + this.batch.is_error_set, 1);
  }
}
