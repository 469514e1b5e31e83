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

/** The struct in its longest form, that of 24.10 and later: one flag more, behind the fields of all releases. */
const LONGEST = offsetsOf(LAYOUTS.at(-1)!, "ResponseBatch", "is_response_factory_deleted");

/** Why a batch has failed. */
export interface BatchFailure {
  readonly reason: string;
  /** The reason as the client reads it, in releases that do not add the model instance's name themselves. */
  readonly sentence: string;
}

/** A batch that was made: its responses follow through {@link ResponseBatchCodec.setResponse}. */
export interface NewResponseBatch {
  readonly message: Handle;
  readonly handlesAt: RegionOffset;
}

/** What a batch of responses says. */
export interface ResponseBatch {
  /** Why there are none; undefined when the batch has not failed. */
  readonly error: string | undefined;
  /** Handles, not checked; 0 is a request without a response in the batch. */
  readonly responses: readonly Handle[];
}

/**
 * `ResponseBatch`, which an ExecuteResponse brings, and the answer to a call of another model:
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

  /** Decodes a batch in a block of its own. @param handle from a message */
  decode(reader: WireReader, handle: number): ResponseBatch {
    return this.decodeAt(reader, reader.objectOf(handle, this.at.bytes, "a batch of responses"));
  }

  /** Decodes the batch that an ExecuteResponse brings. @param message its handle, checked */
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

  /** The flag with which the stub lets the server go on after a response of a stream. @param handle of a batch that was decoded */
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
   * A batch that failed as a whole, in a form that servers of all eras read: also one that turns out to be of another
   * release than we took it for gets its error. @returns the message's handle
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
   * Where the texts of a failed batch are: the sentence, and the bare reason where the server reads that.
   * @param message handle of what {@link encodeFailedLocked} has made
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
   * Says in the message of a failed batch whether the server must leave the batch's response factories alone (from 24.10),
   * since some are gone.
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
