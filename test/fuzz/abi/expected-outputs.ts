import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { UNCARRIED_PARAMETER } from "../../../host/guest/abi.js";
import { INPUTS, OUTPUTS, type Server } from "../../support/region/batch-server.js";
import type { ReadResponse } from "../../support/region/response-reader.js";
import type { TensorFacts } from "../../support/region/server-side.js";

const BYTES = 13;
const WIDTHS = [0, 1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 4, 8, 0, 2];
const REQUEST_FAILED = -2;

/** A model may always answer with as many bytes as it has got. */
const INPUT_BYTES = INPUTS.flat().reduce(
  (sum, { datatype, data }) => sum + counted(datatype, data.length),
  0,
);

/** An output that was made. */
interface Made extends TensorFacts {
  /** Place of its data in the region. */
  readonly dataAt: number;
}

/** What docs/guest-abi.md promises of the outputs, worked out once more. */
export class ExpectedOutputs {
  private readonly server: Server;
  private readonly limit: number;
  private readonly made = new Map<string, Made>();
  private readonly failed = new Set<number>();
  /** Requests that get no response when the guest has returned. */
  private readonly silent = new Set<number>();
  private readonly finished = new Set<number>();
  private readonly hasSent = new Set<number>();
  private readonly hasParameters = new Set<number>();
  private bytes = 0;

  constructor(server: Server, limit: number) {
    this.server = server;
    this.limit = Math.max(limit, INPUT_BYTES);
  }

  /** After a call that returned. @param memory of the guest */
  follow(name: string, args: readonly number[], result: number, memory: Uint8Array): void {
    if (name === "output_create") this.create(args, result, memory);
    else if (name === "output_zero") this.zero(args, result, memory);
    else if (name === "output_copy_input") this.copy(args, result);
    else if (name === "output_write") this.write(args, result, memory);
    else {
      if (name === "response_error") this.failed.add(args[0]!);
      if (this.isCarried(name)) this.hasParameters.add(args[0]!);
      this.server.requireUnchanged();
    }
  }

  /** The guest has sent a response. @param response undefined: the last flag alone */
  sent(request: number, isLast: boolean, response: ReadResponse | undefined): void {
    ok(!this.finished.has(request), "a finished request was answered");
    if (response === undefined) ok(isLast && this.isEmpty(request), "a response was lost");
    else this.compare(request, response);
    if (isLast) this.finished.add(request);
    this.hasSent.add(request);
    this.failed.delete(request);
    this.hasParameters.delete(request);
    for (const [output] of OUTPUTS[request]!.entries()) {
      const made = this.of(request, output);
      if (made !== undefined) this.bytes -= counted(made.datatype, made.data.length);
      this.made.delete(`${request} ${output}`);
    }
  }

  /** The request was kept or rescheduled. */
  unanswered(request: number): void {
    ok(!this.finished.has(request), "a finished request was kept or rescheduled");
    this.silent.add(request);
  }

  /** After `request_is_cancelled`: the client of the second request has gone. */
  cancelled(request: number, result: number): void {
    if (!this.finished.has(request)) strictEqual(result, request === 1 ? 1 : 0);
  }

  /** What the server reads of the requests that are answered now. @returns how they ended */
  check(responses: readonly ReadResponse[]): string {
    const left = responses[Symbol.iterator]();
    let [outputs, errors] = [0, 0];
    for (const request of OUTPUTS.keys()) {
      if (this.silent.has(request) || this.finished.has(request)) continue;
      if (this.hasSent.has(request) && this.isEmpty(request)) continue;
      const response = left.next().value!;
      this.compare(request, response);
      if (response.error === undefined) outputs += response.outputs.length;
      else errors += 1;
    }
    ok(left.next().done === true, "a request was answered that must not be");
    const streamed = this.hasSent.size > 0 ? ", sent" : "";
    return `answered${streamed}${outputs > 0 ? ", outputs" : ""}${errors > 0 ? ", errors" : ""}`;
  }

  private compare(request: number, { error, outputs }: ReadResponse): void {
    const made = OUTPUTS[request]!.flatMap((_, output) => this.of(request, output) ?? []);
    const broken = made.some((one) => one.datatype === BYTES && !isFramed(one));
    strictEqual(error !== undefined, this.failed.has(request) || broken, error?.message);
    if (error === undefined) deepStrictEqual(outputs.map(facts), made.map(facts));
    else ok(error.code <= 7 && error.message.length <= 10_000, `error ${error.code}`);
  }

  /** Whether the function sets a parameter that this release carries. */
  private isCarried(name: string): boolean {
    if (name === UNCARRIED_PARAMETER || !name.startsWith("response_parameter")) return false;
    return this.server.batch.carriesParameters;
  }

  /** Whether the guest has set nothing since the last response. */
  private isEmpty(request: number): boolean {
    if (this.failed.has(request) || this.hasParameters.has(request)) return false;
    return OUTPUTS[request]!.every((_, output) => this.of(request, output) === undefined);
  }

  private create(args: readonly number[], result: number, memory: Uint8Array): void {
    const [request, output, datatype, at, rank, size] = args as Six;
    const shape = shapeAt(memory, at, rank);
    if (datatype !== BYTES) strictEqual(bytesOf(datatype, shape), BigInt(size), "a wrong size");
    this.add(request, output, result, { datatype, shape, data: new Uint8Array(), size });
  }

  private zero(args: readonly number[], result: number, memory: Uint8Array): void {
    const [request, output, datatype, at, rank] = args as Six;
    const shape = shapeAt(memory, at, rank);
    const size = Number(bytesOf(datatype, shape));
    this.add(request, output, result, { datatype, shape, data: new Uint8Array(), size });
  }

  private copy(args: readonly number[], result: number): void {
    const [request, output, input] = args as Six;
    const source = INPUTS[request]![input]!;
    this.add(request, output, result, { ...source, size: source.data.length, shares: true });
  }

  private add(request: number, output: number, result: number, tensor: Wanted): void {
    const { datatype, shape, size } = tensor;
    ok(!this.made.has(`${request} ${output}`) || this.failed.has(request), "it was made twice");
    const counts = counted(datatype, size);
    const fits = this.bytes + counts <= this.limit;
    if (this.failed.has(request) || !fits) {
      strictEqual(result, REQUEST_FAILED);
      this.failed.add(request);
      this.server.requireUnchanged();
      return;
    }
    strictEqual(result, 0);
    const name = OUTPUTS[request]![output]!;
    const handle = this.server.requireOneMore(tensor.shares === true);
    const dataAt = this.server.dataOf(handle, shape.length, name);
    const data = new Uint8Array(size);
    data.set(tensor.data);
    this.made.set(`${request} ${output}`, { name, datatype, shape, data, dataAt });
    this.bytes += counts;
  }

  private write(args: readonly number[], result: number, memory: Uint8Array): void {
    const [request, output, offset, source, length] = args as Six;
    if (this.failed.has(request)) {
      strictEqual(result, REQUEST_FAILED);
      this.server.requireUnchanged();
      return;
    }
    strictEqual(result, 0);
    const made = this.of(request, output)!;
    ok(offset + length <= made.data.length, "it was written beyond its end");
    made.data.set(memory.subarray(source, source + length), offset);
    this.server.requireUnchanged(made.dataAt, made.dataAt + made.data.length);
  }

  private of(request: number, output: number): Made | undefined {
    return this.made.get(`${request} ${output}`);
  }
}

type Six = [number, number, number, number, number, number];

interface Wanted {
  readonly datatype: number;
  readonly shape: readonly bigint[];
  /** The beginning; the rest is zero. */
  readonly data: Uint8Array;
  readonly size: number;
  /** The bytes are those of an input. */
  readonly shares?: true;
}

function facts({ name, datatype, shape, data }: TensorFacts) {
  return { name, datatype, shape: shape.join(), data: Buffer.from(data).toString("latin1") };
}

function shapeAt(memory: Uint8Array, at: number, rank: number): bigint[] {
  const view = new DataView(memory.buffer, memory.byteOffset);
  const shape = Array.from({ length: rank }, (_, index) => view.getBigInt64(at + 8 * index, true));
  ok(
    shape.every((dimension) => dimension >= 0n),
    `a shape of [${shape}] was taken`,
  );
  return shape;
}

function bytesOf(datatype: number, shape: readonly bigint[]): bigint {
  const width = WIDTHS[datatype] ?? 0;
  ok(width > 0, `datatype ${datatype} was taken`);
  return shape.reduce((product, dimension) => product * dimension, BigInt(width));
}

/** What a tensor counts against the limit: an element of 1 or 2 bytes as much as one of 4. */
function counted(datatype: number, size: number): number {
  const width = WIDTHS[datatype] || 4;
  return width < 4 ? (size * 4) / width : size;
}

/** Whether the data is as many lengths, each with that many bytes, as the shape has elements. */
function isFramed({ shape, data }: TensorFacts): boolean {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let [at, elements] = [0, 0n];
  for (; at + 4 <= data.length; elements++) at += 4 + view.getUint32(at, true);
  return at === data.length && elements === shape.reduce((product, size) => product * size, 1n);
}
