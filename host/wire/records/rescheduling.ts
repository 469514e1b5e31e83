import { type Layout, structOf } from "../layout.js";
import type { WireWriter } from "../writer.js";
import type { RequestRecord } from "./request.js";

/** A value of `request_release_flags`. */
const RELEASE_RESCHEDULE = 2;

/** Lets the server execute a request once more (docs/internals/protocol.md 3.6). */
export class ReschedulingCodec {
  /** Undefined in 23.10. */
  private readonly flagsAt: number | undefined;

  constructor(layout: Layout) {
    this.flagsAt = structOf(layout, "InferRequestShm").fields.request_release_flags?.[0];
  }

  /** Whether the release has it: from 23.11 on. */
  get isSupported(): boolean {
    return this.flagsAt !== undefined;
  }

  /** Marks the request; only if {@link isSupported}. The server reads the mark after the answer to the batch. */
  mark(writer: WireWriter, { object }: RequestRecord): void {
    writer.u32(object, this.flagsAt!, RELEASE_RESCHEDULE);
  }
}
