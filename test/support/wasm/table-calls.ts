import { StubError } from "../../../host/errors.js";
import type { CallError, CallServices } from "../../../host/guest/call-services.js";
import type { ParameterValue } from "../../../host/guest/services.js";

/** A response of a model that does not exist. */
export interface TableResponse {
  readonly error?: CallError;
  readonly outputs?: readonly {
    readonly name: string;
    readonly datatype: number;
    readonly shape: readonly bigint[];
    readonly data: Uint8Array;
  }[];
  readonly parameters?: string;
}

interface TableCall {
  readonly model: string;
  readonly responses: TableResponse[];
  current?: TableResponse | undefined;
  wasSent: boolean;
}

const encoder = new TextEncoder();

/** Calls of models whose responses are in a table. What a guest does is written down. */
export class TableCalls implements CallServices {
  /** A line for each function that a guest has called. */
  readonly events: string[] = [];
  /** The responses of each model, by its name. A call of another model is refused. */
  readonly models = new Map<string, readonly TableResponse[]>();
  private readonly open = new Map<number, TableCall>();
  private next = 0;
  inputMaxBytes = 1_000;

  isOpen(call: number): boolean {
    return this.open.has(call);
  }

  create(model: string, version: bigint): number {
    this.events.push(`create ${model} ${version}`);
    const responses = this.models.get(model);
    if (responses === undefined) throw new StubError("ERR_CALL_REFUSED", `no model ${model}`);
    this.open.set(this.next, { model, responses: [...responses], wasSent: false });
    return this.next++;
  }

  copyInput(
    call: number,
    name: string,
    datatype: number,
    shape: readonly number[],
    source: Uint8Array,
    at: number,
    length: number,
  ): void {
    const bytes = Buffer.from(source.subarray(at, at + length)).toString("hex");
    this.events.push(`input ${call}: ${name} ${datatype} [${shape}] ${bytes}`);
  }

  shareInput(call: number, name: string, request: number, input: number): void {
    this.events.push(`input ${call}: ${name} <- request ${request} input ${input}`);
  }

  shareOutput(call: number, name: string, from: number, output: number): void {
    this.events.push(`input ${call}: ${name} <- call ${from} output ${output}`);
  }

  requestOutput(call: number, name: string): void {
    this.events.push(`output ${call}: ${name}`);
  }

  setParameter(call: number, key: string, value: ParameterValue): void {
    this.events.push(`parameter ${call}: ${key} = ${value}`);
  }

  setId(call: number, id: string): void {
    this.events.push(`id ${call}: ${id}`);
  }

  setCorrelationId(call: number, id: bigint | string): void {
    this.events.push(`correlation id ${call}: ${typeof id} ${id}`);
  }

  setFlags(call: number, flags: number): void {
    this.events.push(`flags ${call}: ${flags}`);
  }

  setTimeout(call: number, microseconds: bigint): void {
    this.events.push(`timeout ${call}: ${microseconds}`);
  }

  setTrace(call: number, request: number): void {
    this.events.push(`trace ${call}: request ${request}`);
  }

  send(call: number, streams: boolean): void {
    this.events.push(`send ${call}${streams ? " for a stream" : ""}`);
    this.open.get(call)!.wasSent = true;
  }

  wait(call: number, timeoutMs: number): number {
    this.events.push(`wait ${call}: ${timeoutMs}`);
    const waiting = this.open.get(call)!;
    if (!waiting.wasSent) return 0;
    const next = waiting.responses.shift();
    if (next === undefined) return -1;
    waiting.current = next;
    return 1;
  }

  waitAny(timeoutMs: number): number {
    this.events.push(`wait any: ${timeoutMs}`);
    for (const [call, { wasSent, responses }] of this.open) {
      if (wasSent && responses.length > 0) return call;
    }
    return -1;
  }

  error(call: number): CallError | undefined {
    return this.response(call).error;
  }

  responseParameters(call: number): string {
    return this.response(call).parameters ?? "";
  }

  outputCount(call: number): number {
    return this.response(call).outputs?.length ?? 0;
  }

  outputName(call: number, output: number): Uint8Array {
    return encoder.encode(this.output(call, output).name);
  }

  outputDatatype(call: number, output: number): number {
    return this.output(call, output).datatype;
  }

  outputShape(call: number, output: number): readonly bigint[] {
    return this.output(call, output).shape;
  }

  outputByteSize(call: number, output: number): number {
    return this.output(call, output).data.length;
  }

  readOutput(
    call: number,
    output: number,
    offset: number,
    target: Uint8Array,
    at: number,
    length: number,
  ): number {
    const part = this.output(call, output).data.subarray(offset, offset + length);
    if (part.length > 0) target.set(part, at);
    return part.length;
  }

  forwardOutput(request: number, output: number, call: number, from: number): boolean {
    this.events.push(`forward ${request}: output ${output} <- call ${call} output ${from}`);
    return true;
  }

  close(call: number): void {
    this.events.push(`close ${call}`);
    this.open.delete(call);
  }

  cancel(call: number): boolean {
    this.events.push(`cancel ${call}`);
    return false;
  }

  private response(call: number): TableResponse {
    const { current } = this.open.get(call)!;
    if (current === undefined) {
      throw new StubError("ERR_GUEST_ARGUMENT", "the call has no response");
    }
    return current;
  }

  private output(call: number, output: number) {
    return this.response(call).outputs![output]!;
  }
}
