import type { Handle } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { ExchangeFields } from "../exchange.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";

/** A line for the server's log. */
export interface LogLine {
  /** A value of `LOG_LEVEL`. */
  readonly level: number;
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** `LogSendMessage`, a record of an exchange over the side queue. */
export class LogCodec {
  readonly fields: ExchangeFields;
  private readonly at;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    const struct = "LogSendMessage";
    this.fields = new ExchangeFields(layout, struct);
    this.at = offsetsOf(layout, struct, "filename", "line", "log_message", "level");
  }

  /** @param handle from a message */
  decode(reader: WireReader, handle: number): LogLine {
    const object = reader.objectOf(handle, this.at.bytes, "a line of the log");
    return {
      level: reader.u32(object, this.at.level),
      file: this.strings.read(reader, object, this.at.filename),
      line: reader.i32(object, this.at.line),
      message: this.strings.read(reader, object, this.at.log_message),
    };
  }

  /** @returns the record's handle */
  encodeLocked(writer: WireWriter, { level, file, line, message }: LogLine): Handle {
    const fileText = this.strings.writeLocked(writer, file);
    const messageText = this.strings.writeLocked(writer, message);
    const handle = writer.constructZeroedLocked(this.at.bytes);
    const object = objectAt(handle);
    writer.handle(object, this.at.filename, fileText);
    writer.i32(object, this.at.line, line);
    writer.handle(object, this.at.log_message, messageText);
    writer.u32(object, this.at.level, level);
    return handle;
  }
}
