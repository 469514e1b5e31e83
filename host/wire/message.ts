import { type Handle, type ObjectOffset, objectWithin, type RegionOffset } from "../numbers.js";
import { objectAt } from "../shm/ownership.js";
import { type Layout, offsetsOf, structOf } from "./layout.js";
import type { WireReader } from "./reader.js";
import type { WireWriter } from "./writer.js";

/** A decoded message. */
export interface Message {
  readonly handle: Handle;
  readonly command: number;
  /** Handle of the command's record. It is not checked, since FinalizeRequest leaves it unset: it may be any number. */
  readonly args: number;
}

/** A message, with the mutex and the condition variable that its sender waits with. */
export interface InlineMessage {
  readonly message: Handle;
  readonly mutexAt: RegionOffset;
  readonly conditionAt: RegionOffset;
}

/** What the sender of an inline message waits with. */
export interface MessageLocks {
  /** Handles of the blocks of both. */
  readonly mutex: Handle;
  readonly condition: Handle;
  readonly mutexAt: RegionOffset;
  readonly conditionAt: RegionOffset;
}

/**
 * `IPCMessageShm`. The handles in queues are handles of messages. `args` is python_backend's name for the handle of the command's record.
 */
export class MessageCodec {
  private readonly at;
  private readonly mutexBytes: number;
  private readonly conditionBytes: number;

  constructor(layout: Layout) {
    this.at = offsetsOf(
      layout,
      "IPCMessageShm",
      "command",
      "args",
      "inline_response",
      "response_handle",
      "response_mutex",
      "response_cond",
    );
    const { mu, cv } = structOf(layout, "SendMessageBase").fields;
    this.mutexBytes = mu![1];
    this.conditionBytes = cv![1];
  }

  /** @param handle from a queue or a record */
  decode(reader: WireReader, handle: number): Message {
    const object = reader.objectOf(handle, this.at.bytes, "a message");
    return {
      handle: handle as Handle,
      command: reader.u32(object, this.at.command),
      args: reader.uncheckedU64(object, this.at.args),
    };
  }

  /** Handle of the answer to the inline message at `handle`; 0 before there is one. */
  responseOf(reader: WireReader, handle: Handle): Handle {
    return reader.handle(objectAt(handle), this.at.response_handle);
  }

  /** Handle of the record of the message at `handle`. */
  argsOf(reader: WireReader, handle: Handle): Handle {
    return reader.handle(objectAt(handle), this.at.args);
  }

  /** The places of the mutex and the condition variable of an inline message of the server, and the blocks that they are in. */
  locksOf(reader: WireReader, handle: Handle): MessageLocks {
    const object = objectAt(handle);
    const mutex = reader.handle(object, this.at.response_mutex);
    const condition = reader.handle(object, this.at.response_cond);
    return {
      mutex,
      condition,
      mutexAt: reader.objectOf(mutex, this.mutexBytes, "a message's mutex"),
      conditionAt: reader.objectOf(
        condition,
        this.conditionBytes,
        "a message's condition variable",
      ),
    };
  }

  /** Sets the command of a message. */
  setCommand(writer: WireWriter, handle: Handle, command: number): void {
    writer.u32(objectAt(handle), this.at.command, command);
  }

  /** Sets the record of a message. */
  setArgs(writer: WireWriter, handle: Handle, args: Handle): void {
    writer.handle(objectAt(handle), this.at.args, args);
  }

  /**
   * Makes a message without mutex and condition variable.
   * @returns its handle
   */
  encodeLocked(writer: WireWriter, command: number, args: Handle): Handle {
    const handle = writer.constructZeroedLocked(this.at.bytes);
    this.setCommand(writer, handle, command);
    this.setArgs(writer, handle, args);
    return handle;
  }

  /**
   * Makes a message whose record follows it in the same block.
   * @returns its handle
   */
  encodeWithTailLocked(writer: WireWriter, command: number, tailBytes: number): Handle {
    const handle = writer.constructZeroedLocked(this.at.bytes + tailBytes);
    this.setCommand(writer, handle, command);
    // The record has no ownership header of its own. Its handle is 16 bytes before it, within the message, as if it had one.
    this.setArgs(writer, handle, (handle + this.at.bytes) as Handle);
    return handle;
  }

  /** Offset of the record that follows the message at `handle` in its block. */
  tailOf(handle: Handle): ObjectOffset {
    return objectWithin(objectAt(handle), this.at.bytes);
  }

  /** Makes a message with mutex and condition variable, with which its sender waits for the answer. The sender initialises both. */
  encodeInlineLocked(writer: WireWriter, command: number, args: Handle): InlineMessage {
    const mutex = writer.constructZeroedLocked(this.mutexBytes);
    const condition = writer.constructZeroedLocked(this.conditionBytes);
    const message = this.encodeLocked(writer, command, args);
    const object = objectAt(message);
    writer.flag(object, this.at.inline_response, true);
    writer.handle(object, this.at.response_mutex, mutex);
    writer.handle(object, this.at.response_cond, condition);
    return { message, mutexAt: objectAt(mutex), conditionAt: objectAt(condition) };
  }
}
