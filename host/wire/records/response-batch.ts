import { type Handle, type ObjectOffset, offsetBy, type RegionOffset } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import type { ExecuteEra } from "../era.js";
import { commandOf, type Layout, offsetsOf } from "../layout.js";
import { LAYOUTS } from "../layouts/index.js";
import type { MessageCodec } from "../message.js";
import type { WireReader } from "../reader.js";
import { HANDLE_BYTES } from "../sizes.js";
import type { StringCodec, StringPlace } from "../strings.js";
import type { WireWriter } from "../writer.js";

/** The longest form of the struct, from 24.10 on: it has one more flag after the fields of all releases. */
const LONGEST = offsetsOf(LAYOUTS.at(-1)!, "ResponseBatch", "is_response_factory_deleted");

/** Why a batch has failed. */
export interface BatchFailure {
  readonly reason: string;
  /** The reason with the name of the model instance, for releases in which the server does not add that name. */
  readonly sentence: string;
}

/** A new batch. {@link ResponseBatchCodec.setResponse} adds its responses. */
export interface NewResponseBatch {
  readonly message: Handle;
  readonly handlesAt: RegionOffset;
}

/** A decoded batch of responses. */
export interface ResponseBatch {
  /** Why the batch has failed; undefined when it has not. */
  readonly error: string | undefined;
  /** Unchecked handles. 0 stands for a request without a response. */
  readonly responses: readonly Handle[];
}

/**
 * `ResponseBatch`: the record of an ExecuteResponse, and of the answer to a call of another model:
 *
 * ```
 *  up to 24.09, and of calls:   IPCMessageShm -- args --> | ResponseBatch | handle x count |
 *  from 24.10:                | IPCMessageShm             | ResponseBatch | handle x count |
 * ```
 */
export class ResponseBatchCodec {
  private readonly era: ExecuteEra;
  private readonly strings: StringCodec;
  private readonly message: MessageCodec;
  private readonly command: number;
  private readonly at;

  constructor(layout: Layout, era: ExecuteEra, strings: StringCodec, message: MessageCodec) {
    this.era = era;
    this.strings = strings;
    this.message = message;
    this.command = commandOf(layout, "ExecuteResponse");
    this.at = offsetsOf(
      layout,
      "ResponseBatch",
      "batch_size",
      "error",
      "has_error",
      "is_error_set",
      "waiting_on_stub",
    );
  }

  /**
   * Decodes a batch in a block of its own.
   * @param handle from a message
   */
  decode(reader: WireReader, handle: number): ResponseBatch {
    return this.decodeAt(reader, reader.objectOf(handle, this.at.bytes, "a batch of responses"));
  }

  /**
   * Decodes the batch of an ExecuteResponse.
   * @param message a checked handle
   */
  decodeMessage(reader: WireReader, message: Handle): ResponseBatch {
    if (this.era !== "embedded") return this.decode(reader, this.message.argsOf(reader, message));
    const batch = this.message.tailOf(message);
    reader.requireRange(batch, this.at.bytes, "a batch of responses");
    return this.decodeAt(reader, batch);
  }

  private decodeAt(reader: WireReader, batch: ObjectOffset): ResponseBatch {
    if (reader.flag(batch, this.at.has_error)) {
      const isSet = reader.flag(batch, this.at.is_error_set);
      return { error: isSet ? this.strings.read(reader, batch, this.at.error) : "", responses: [] };
    }
    const count = reader.u32(batch, this.at.batch_size);
    const handles = offsetBy(batch, this.at.bytes);
    reader.requireRange(handles, count * HANDLE_BYTES, "a batch of responses");
    const responses = Array.from({ length: count }, (_, index) =>
      reader.handle(handles, index * HANDLE_BYTES),
    );
    return { error: undefined, responses };
  }

  /**
   * Offset of the flag that lets the server continue after a response of a stream.
   * @param handle of a decoded batch
   */
  flagOf(handle: Handle): RegionOffset {
    return offsetBy(objectAt(handle), this.at.waiting_on_stub);
  }

  /** Makes an ExecuteResponse with room for `count` responses. */
  encodeLocked(writer: WireWriter, count: number): NewResponseBatch {
    const bytes = this.at.bytes + count * HANDLE_BYTES;
    let message: Handle;
    let batch: ObjectOffset;
    if (this.era === "embedded") {
      message = this.message.encodeWithTailLocked(writer, this.command, bytes);
      batch = this.message.tailOf(message);
    } else {
      const args = writer.constructZeroedLocked(bytes);
      message = this.message.encodeLocked(writer, this.command, args);
      batch = objectAt(args);
    }
    writer.u32(batch, this.at.batch_size, count);
    return { message, handlesAt: offsetBy(batch, this.at.bytes) };
  }

  setResponse(
    writer: WireWriter,
    { handlesAt }: NewResponseBatch,
    index: number,
    response: Handle,
  ): void {
    writer.handle(handlesAt, index * HANDLE_BYTES, response);
  }

  /**
   * Makes an ExecuteResponse for a batch that has failed. Servers of all eras read this form, so a server of another release than assumed
   * gets the error as well.
   * @returns the handle of the message
   */
  encodeFailedLocked(writer: WireWriter, { reason, sentence }: BatchFailure): Handle {
    const args = writer.constructZeroedLocked(LONGEST.bytes);
    const message = this.message.encodeWithTailLocked(writer, this.command, LONGEST.bytes);
    this.message.setArgs(writer, message, args);
    const text = this.strings.writeLocked(writer, sentence);
    this.fillFailure(writer, this.message.tailOf(message), text);
    const bare = this.era === "returned" ? this.strings.writeLocked(writer, reason) : text;
    this.fillFailure(writer, objectAt(args), bare);
    return message;
  }

  /**
   * Places of the texts of a failed batch: the sentence, and the bare reason in releases that read it.
   * @param message handle of a message from {@link encodeFailedLocked}
   */
  failureTexts(
    reader: WireReader,
    message: Handle,
  ): readonly [StringPlace, StringPlace | undefined] {
    const { strings, at } = this;
    const sentence = strings.placeOf(reader, this.message.tailOf(message), at.error);
    if (this.era !== "returned") return [sentence, undefined];
    const args = this.message.argsOf(reader, message);
    return [sentence, strings.placeOf(reader, objectAt(args), at.error)];
  }

  /**
   * Sets the flag of a failed batch that keeps the server from deleting its response factories (from 24.10), since some are deleted
   * already.
   */
  setFactoriesGone(writer: WireWriter, message: Handle, gone: boolean): void {
    writer.flag(this.message.tailOf(message), LONGEST.is_response_factory_deleted, gone);
  }

  private fillFailure(writer: WireWriter, batch: ObjectOffset, text: Handle): void {
    writer.handle(batch, this.at.error, text);
    writer.flag(batch, this.at.has_error, true);
    writer.flag(batch, this.at.is_error_set, true);
  }
}
