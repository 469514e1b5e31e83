import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { StringCodec } from "./strings.js";
import { constructZeroedLocked } from "./zeroed.js";

/** `LogSendMessage`, one of the records of the three-leg exchange on the stub-to-parent queue. */
export class LogCodec {
  /** What the two sides wait with. */
  readonly fields: Readonly<Record<"mu" | "cv" | "flag", number>>;
  private readonly at: Readonly<
    Record<"filename" | "line" | "log_message" | "level" | "bytes", number>
  >;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    const struct = "LogSendMessage";
    const { mu, cv, waiting_on_stub } = offsetsOf(layout, struct, "mu", "cv", "waiting_on_stub");
    this.fields = { mu, cv, flag: waiting_on_stub };
    this.at = offsetsOf(layout, struct, "filename", "line", "log_message", "level");
  }

  /** Mutex and condition stay zero: whoever sends initialises them. @param level of `LOG_LEVEL` @returns the handle */
  encodeLocked(heap: Heap, level: number, file: string, line: number, message: string): number {
    const fileText = this.strings.writeLocked(heap, file);
    const messageText = this.strings.writeLocked(heap, message);
    const handle = constructZeroedLocked(heap, this.at.bytes);
    const object = handle + OWNERSHIP_BYTES;
    const { view } = heap.region;
    view.setUint32(object + this.at.filename, fileText, true);
    view.setInt32(object + this.at.line, line, true);
    view.setUint32(object + this.at.log_message, messageText, true);
    view.setUint32(object + this.at.level, level, true);
    return handle;
  }
}
