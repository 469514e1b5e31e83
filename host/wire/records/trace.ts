import type { ObjectOffset } from "../../numbers.js";
import { objectAt } from "../../shm/ownership.js";
import { type Layout, offsetsOf } from "../layout.js";
import type { WireReader } from "../reader.js";
import type { StringCodec } from "../strings.js";
import type { WireWriter } from "../writer.js";

/** The trace of a request. The stub only sends it back, in a call of another model. */
export interface Trace {
  /** Address in the server; 0n: there is no trace. */
  readonly address: bigint;
  /** OpenTelemetry's text of the trace; empty up to 24.02. */
  readonly context: string;
}

/** A request without a trace. */
export const NO_TRACE: Trace = { address: 0n, context: "" };

/** The trace of a request: up to 24.02 an address of the server, from 24.03 on a block of its own. */
export class TraceCodec {
  private readonly field: number;
  /** Undefined up to 24.02. */
  private readonly block;
  private readonly strings: StringCodec;

  constructor(layout: Layout, strings: StringCodec) {
    this.strings = strings;
    if (layout.structs.InferenceTraceShm === undefined) {
      this.field = offsetsOf(layout, "InferRequestShm", "trace").trace;
      return;
    }
    this.field = offsetsOf(layout, "InferRequestShm", "trace_shm_handle").trace_shm_handle;
    this.block = offsetsOf(layout, "InferenceTraceShm", "trace_context_shm_handle", "triton_trace");
  }

  read(reader: WireReader, request: ObjectOffset): Trace {
    if (this.block === undefined) {
      return { address: reader.bigU64(request, this.field), context: "" };
    }
    const trace = reader.object(request, this.field, this.block.bytes, "a trace");
    return {
      address: reader.bigU64(trace, this.block.triton_trace),
      context: this.strings.read(reader, trace, this.block.trace_context_shm_handle),
    };
  }

  /** Writes a trace into a zeroed request. The server reads the block also when there is no trace. */
  writeLocked(writer: WireWriter, request: ObjectOffset, { address, context }: Trace): void {
    if (this.block === undefined) {
      writer.bigU64(request, this.field, address);
      return;
    }
    const text = this.strings.writeLocked(writer, context);
    const trace = writer.constructZeroedLocked(this.block.bytes);
    writer.handle(objectAt(trace), this.block.trace_context_shm_handle, text);
    writer.bigU64(objectAt(trace), this.block.triton_trace, address);
    writer.handle(request, this.field, trace);
  }
}
