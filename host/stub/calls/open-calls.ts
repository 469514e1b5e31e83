import type { Endpoint } from "../../channel/endpoint.js";
import type { CallError } from "../../guest/call-services.js";
import type { CallOutput, CallResponse } from "./call-response.js";
import { noResponse } from "./errors.js";
import type { GuestCall } from "./guest-call.js";

/** The open calls of a guest, and their responses as it reads them. */
export class OpenCalls {
  protected readonly endpoint: Endpoint;
  /** By the number that the guest has. */
  protected readonly open = new Map<number, GuestCall>();

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  isOpen(call: number): boolean {
    return this.open.has(call);
  }

  error(call: number): CallError | undefined {
    return this.response(call).error;
  }

  responseParameters(call: number): string {
    return this.response(call).parameters;
  }

  outputCount(call: number): number {
    return this.response(call).outputs.length;
  }

  outputName(call: number, output: number): Uint8Array {
    return this.output(call, output).name;
  }

  outputDatatype(call: number, output: number): number {
    return this.output(call, output).datatype;
  }

  outputShape(call: number, output: number): readonly bigint[] {
    return this.output(call, output).shape;
  }

  outputByteSize(call: number, output: number): number {
    return this.output(call, output).dataBytes;
  }

  readOutput(
    call: number,
    output: number,
    offset: number,
    target: Uint8Array,
    at: number,
    length: number,
  ): number {
    const { dataAt, dataBytes } = this.output(call, output);
    const count = Math.min(length, Math.max(0, dataBytes - offset));
    const from = dataAt + offset;
    if (count > 0) target.set(this.endpoint.region.bytes.subarray(from, from + count), at);
    return count;
  }

  protected response(call: number): CallResponse {
    const { current } = this.open.get(call)!;
    if (current === undefined) throw noResponse();
    return current;
  }

  protected output(call: number, output: number): CallOutput {
    return this.response(call).outputs[output]!;
  }
}
