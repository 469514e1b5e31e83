import type { Heap } from "../shm/heap.js";
import { OWNERSHIP_BYTES } from "../shm/ownership.js";
import { type Layout, offsetsOf } from "./layout.js";
import type { StringCodec } from "./strings.js";

/** `LogSendMessage`, one of the records of the three-leg exchange on the stub-to-parent queue. */
export class LogCodec {
  readonly at: Readonly<
    Record<
      "mu" | "cv" | "waiting_on_stub" | "filename" | "line" | "log_message" | "level" | "bytes",
      number
    >
  >;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    this.at = offsetsOf(
      layout,
      "LogSendMessage",
      "mu",
      "cv",
      "waiting_on_stub",
      "filename",
      "line",
      "log_message",
      "level",
    );
  }

  /** Mutex and condition stay zero: whoever sends initialises them. @param level of `LOG_LEVEL` @returns the handle */
  encodeLocked(heap: Heap, level: number, file: string, line: number, message: string): number {
    const fileText = this.strings.writeLocked(heap, file);
    const messageText = this.strings.writeLocked(heap, message);
    const handle = heap.constructLocked(this.at.bytes);
    const object = handle + OWNERSHIP_BYTES;
    const { view, bytes } = heap.region;
    bytes.fill(0, object, object + this.at.bytes);
    view.setUint32(object + this.at.filename, fileText, true);
    view.setInt32(object + this.at.line, line, true);
    view.setUint32(object + this.at.log_message, messageText, true);
    view.setUint32(object + this.at.level, level, true);
    return handle;
  }
}
