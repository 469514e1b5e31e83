import type { ObjectOffset } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";

/** The trace of a request: up to 24.02 an address of the server, from 24.03 on a block of its own. */
export class TraceCodec {
  /** Undefined up to 24.02. */
  private readonly field: number | undefined;
  private readonly block;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    if (layout.structs.InferenceTraceShm === undefined) return;
    this.field = offsetsOf(layout, "InferRequestShm", "trace_shm_handle").trace_shm_handle;
    this.block = offsetsOf(layout, "InferenceTraceShm", "trace_context_shm_handle");
  }

  /** Writes an empty trace into a zeroed request: the server reads the block also when there is no trace. */
  writeNoneLocked(writer: WireWriter, request: ObjectOffset): void {
    if (this.field === undefined || this.block === undefined) return;
    const context = this.strings.writeLocked(writer, "");
    const trace = writer.constructZeroedLocked(this.block.bytes);
    writer.handle(objectAt(trace), this.block.trace_context_shm_handle, context);
    writer.handle(request, this.field, trace);
  }
}
