import { randomFillSync } from "node:crypto";
import { StubError } from "../../../host/errors.js";
import { guestConfig } from "../../../host/guest/guest-config.js";
import type {
  BatchServices,
  GuestConfig,
  GuestFiles,
  GuestServices,
  MetricKind,
  ModelServices,
  NewMetric,
  NnGraph,
  ParameterValue,
} from "../../../host/guest/services.js";

import { TableCalls } from "./table-calls.js";

export interface TableInput {
  readonly name: string;
  /** Number of TRITONSERVER_DataType; FP32 without it. */
  readonly datatype?: number;
  /** One element without it. */
  readonly shape?: readonly (number | bigint)[];
  /** 4 without it. */
  readonly byteSize?: number;
  /** As many zeros as `byteSize` without it. */
  readonly data?: Uint8Array;
}

export interface TableRequest {
  readonly inputs: readonly (string | TableInput)[];
  readonly outputs: readonly string[];
  readonly id?: string;
  readonly correlationId?: bigint | string;
  readonly flags?: number;
  readonly timeout?: bigint;
  readonly parameters?: string;
}

/** An output that the guest writes itself. */
export interface TableOutput {
  readonly request: number;
  readonly output: string;
  readonly datatype: number;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export interface TableOptions {
  /** What the server said when it initialised the instance. */
  readonly arguments?: Readonly<Record<string, string>>;
  readonly ordinal?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly graphs?: ReadonlyMap<string, NnGraph>;
  readonly verbose?: boolean;
  readonly carriesParameters?: boolean;
  readonly carriesTextCorrelationIds?: boolean;
  /** Files beside the model: name to bytes. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

const FP32 = 11;
const encoder = new TextEncoder();

/** Services over a table of requests: what a guest does is written down, and nothing else happens. */
export class TableServices implements GuestServices, ModelServices, BatchServices {
  readonly model: ModelServices = this;
  readonly batch: BatchServices = this;
  readonly calls = new TableCalls();
  requests: readonly TableRequest[];
  readonly arguments: Readonly<Record<string, string>>;
  readonly ordinal: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly files: GuestFiles | undefined;
  readonly graphs: ReadonlyMap<string, NnGraph>;
  readonly verbose: boolean;
  readonly carriesParameters: boolean;
  readonly carriesTextCorrelationIds: boolean;
  /** `request: output <- input` */
  readonly copies: string[] = [];
  readonly zeros: { request: number; output: string; datatype: number; shape: number[] }[] = [];
  readonly errors: { request: number; code: number; message: string }[] = [];
  readonly lines: { level: number; message: string }[] = [];
  readonly parameters: { request: number; key: string; value: ParameterValue }[] = [];
  readonly counters: {
    kind: MetricKind;
    name: string;
    help: string;
    sum: number;
    additions: number;
  }[] = [];
  /** Metrics of `metric_create`, by their number. */
  readonly metrics: (
    | (Pick<NewMetric, "name" | "labels" | "buckets"> & { readonly observed: number[] })
    | undefined
  )[] = [];
  /** Metrics that were deleted. */
  readonly gone = new Set<number>();
  readonly written: TableOutput[] = [];
  /** What triton_auto_complete has made of the configuration. */
  modelConfig: string | undefined;
  /** A line for each of the above, in the order in which they happened. */
  readonly events: string[] = [];
  /** Requests whose outputs fail, as without shared memory. */
  readonly withoutMemory = new Set<number>();

  /** Handles of requests that the guest keeps, and how many it may keep. */
  readonly keptHandles = new Set<number>();
  keepsMax = 1;
  /** Requests whose clients have cancelled them. */
  readonly cancelled = new Set<number>();
  reschedules = true;

  constructor(requests: readonly TableRequest[] = [], options: TableOptions = {}) {
    this.requests = requests;
    this.arguments = options.arguments ?? {};
    this.ordinal = options.ordinal ?? 0;
    this.environment = options.environment ?? {};
    this.files = options.files === undefined ? undefined : tableFiles(options.files);
    this.graphs = options.graphs ?? new Map();
    this.verbose = options.verbose ?? false;
    this.carriesParameters = options.carriesParameters ?? true;
    this.carriesTextCorrelationIds = options.carriesTextCorrelationIds ?? true;
  }

  get config(): GuestConfig {
    return guestConfig(this.arguments.model_config ?? "{}");
  }

  argument(key: string): string | undefined {
    return this.arguments[key];
  }

  log(level: number, message: string): void {
    this.lines.push({ level, message });
    this.events.push(`log ${level}: ${message}`);
  }

  logEnabled(level: number): boolean {
    return level < 3 || this.verbose;
  }

  fillRandom(bytes: Uint8Array): void {
    randomFillSync(bytes);
  }

  newMetric(kind: MetricKind, name: string, help: string): number {
    if (name === "") {
      throw new StubError("ERR_METRIC_REFUSED", "metric '' was refused: it has no name");
    }
    this.events.push(`${["counter", "gauge", "histogram"][kind]} ${name}`);
    return this.counters.push({ kind, name, help, sum: 0, additions: 0 }) - 1;
  }

  createMetric({ kind, name, help, labels, buckets }: NewMetric): number {
    const known = this.metrics.findIndex(
      (metric) => metric?.name === name && String(metric.labels) === String(labels),
    );
    if (known >= 0) return known;
    const index = this.newMetric(kind, name, help);
    this.metrics[index] = { name, labels, buckets, observed: [] };
    return index;
  }

  observeMetric(metric: number, value: number): void {
    this.metrics[metric]!.observed.push(value);
  }

  metricValue(metric: number): number {
    return this.counters[metric]!.sum;
  }

  deleteMetric(metric: number): void {
    this.gone.add(metric);
    this.metrics[metric] = undefined;
  }

  metricCount(): number {
    return this.counters.length;
  }

  metricKind(metric: number): MetricKind | undefined {
    return this.gone.has(metric) ? undefined : this.counters[metric]!.kind;
  }

  addToMetric(index: number, by: number): void {
    const counter = this.counters[index]!;
    counter.sum += by;
    counter.additions += 1;
    this.events.push(`${counter.name} += ${by}`);
  }

  setMetric(index: number, value: number): void {
    const gauge = this.counters[index]!;
    gauge.sum = value;
    this.events.push(`${gauge.name} = ${value}`);
  }

  loadModel(name: string, config: string): void {
    this.events.push(`load ${name} ${config}`);
    if (name === "absent") throw new StubError("ERR_CALL_REFUSED", "there is no such model");
  }

  unloadModel(name: string, dependents: boolean): void {
    this.events.push(`unload ${name}${dependents ? " with dependents" : ""}`);
  }

  isModelReady(name: string, version: bigint): boolean {
    this.events.push(`ready ${name} ${version}`);
    return name !== "absent";
  }

  setModelConfig(json: string): void {
    this.modelConfig = json;
  }

  requestCount(): number {
    return this.requests.length;
  }

  requestId(request: number): string {
    return this.requests[request]!.id ?? "";
  }

  correlationId(request: number): bigint | string {
    return this.requests[request]!.correlationId ?? 0n;
  }

  hasTextCorrelationId(request: number): boolean {
    return typeof this.correlationId(request) === "string";
  }

  requestFlags(request: number): number {
    return this.requests[request]!.flags ?? 0;
  }

  requestTimeout(request: number): bigint {
    return this.requests[request]!.timeout ?? 0n;
  }

  requestParameters(request: number): string {
    return this.requests[request]!.parameters ?? "{}";
  }

  inputCount(request: number): number {
    return this.requests[request]!.inputs.length;
  }

  outputCount(request: number): number {
    return this.requests[request]!.outputs.length;
  }

  inputName(request: number, input: number, target: Uint8Array, at: number, room: number): number {
    return copyName(this.input(request, input).name, target, at, room);
  }

  inputDatatype(request: number, input: number): number {
    return this.input(request, input).datatype ?? FP32;
  }

  inputShape(request: number, input: number, target: Uint8Array, at: number, room: number): number {
    const shape = this.input(request, input).shape ?? [1];
    const bytes = new Uint8Array(BigInt64Array.from(shape, BigInt).buffer);
    if (room > 0) target.set(bytes.subarray(0, room * BigInt64Array.BYTES_PER_ELEMENT), at);
    return shape.length;
  }

  inputByteSize(request: number, input: number): number {
    return this.input(request, input).byteSize ?? 4;
  }

  findInput(request: number, source: Uint8Array, at: number, length: number): number | undefined {
    const names = this.requests[request]!.inputs.map((_, input) => this.input(request, input).name);
    return indexOf(names, source, at, length);
  }

  findOutput(request: number, source: Uint8Array, at: number, length: number): number | undefined {
    return indexOf(this.requests[request]!.outputs, source, at, length);
  }

  readInput(
    request: number,
    input: number,
    offset: number,
    target: Uint8Array,
    at: number,
    length: number,
  ): number {
    const size = this.inputByteSize(request, input);
    const data = this.input(request, input).data ?? new Uint8Array(size);
    const part = data.subarray(offset, offset + length);
    if (part.length > 0) target.set(part, at);
    return part.length;
  }

  describeOutput(request: number, output: number): string {
    return `output '${this.requests[request]!.outputs[output]}' of request ${request}`;
  }

  createOutput(
    request: number,
    index: number,
    datatype: number,
    shape: readonly number[],
    byteSize: number,
  ): boolean {
    if (!this.hasMemory(request)) return false;
    const output = this.requests[request]!.outputs[index]!;
    this.written.push({ request, output, datatype, shape, data: new Uint8Array(byteSize) });
    this.events.push(`create ${request}: ${output} [${shape}]`);
    return true;
  }

  writeOutput(
    request: number,
    index: number,
    offset: number,
    source: Uint8Array,
    at: number,
    length: number,
  ): boolean {
    const name = this.requests[request]!.outputs[index]!;
    const made = this.written.find((o) => o.request === request && o.output === name);
    if (made === undefined) return false;
    made.data.set(source.subarray(at, at + length), offset);
    return true;
  }

  outputName(
    request: number,
    output: number,
    target: Uint8Array,
    at: number,
    room: number,
  ): number {
    return copyName(this.requests[request]!.outputs[output]!, target, at, room);
  }

  copyInputToOutput(request: number, output: number, input: number): boolean {
    if (!this.hasMemory(request)) return false;
    const name = this.requests[request]!.outputs[output];
    const copy = `${request}: ${name} <- ${this.input(request, input).name}`;
    this.copies.push(copy);
    this.events.push(`copy ${copy}`);
    return true;
  }

  zeroOutput(request: number, index: number, datatype: number, shape: readonly number[]): boolean {
    if (!this.hasMemory(request)) return false;
    const output = this.requests[request]!.outputs[index]!;
    this.zeros.push({ request, output, datatype, shape: [...shape] });
    this.events.push(`zeros ${request}: ${output} [${shape}]`);
    return true;
  }

  failRequest(request: number, code: number, message: string): void {
    this.errors.push({ request, code, message });
    this.events.push(`error ${request}: ${message}`);
  }

  isKept(handle: number): boolean {
    return this.keptHandles.has(handle);
  }

  sendResponse(request: number): boolean {
    this.events.push(`send ${request}`);
    return !this.withoutMemory.has(request);
  }

  finishResponse(request: number): boolean {
    this.events.push(`finish ${request}`);
    this.keptHandles.delete(request);
    return !this.withoutMemory.has(request);
  }

  keepRequest(request: number): number | undefined {
    if (this.keptHandles.size >= this.keepsMax) return undefined;
    const handle = 2 ** 30 + request;
    this.keptHandles.add(handle);
    this.events.push(`keep ${request}`);
    return handle;
  }

  isCancelled(request: number): boolean {
    return this.cancelled.has(request);
  }

  reschedule(request: number): boolean {
    this.events.push(`reschedule ${request}`);
    return this.reschedules;
  }

  pollAfter(milliseconds: number): void {
    this.events.push(`poll after ${milliseconds}`);
  }

  setParameter(request: number, key: string, value: ParameterValue): void {
    this.parameters.push({ request, key, value });
    this.events.push(`parameter ${request}: ${key} = ${value}`);
  }

  private input(request: number, input: number): TableInput {
    const entry = this.requests[request]!.inputs[input]!;
    return typeof entry === "string" ? { name: entry } : entry;
  }

  private hasMemory(request: number): boolean {
    if (!this.withoutMemory.has(request)) return true;
    this.failRequest(request, 4, "no memory");
    return false;
  }
}

function tableFiles(files: Readonly<Record<string, Uint8Array>>): GuestFiles {
  const bytes = Object.values(files);
  return {
    names: Object.keys(files),
    size: (index) => bytes[index]!.length,
    read: (index, offset, target, at, length) => {
      const part = bytes[index]!.subarray(offset, offset + length);
      if (part.length > 0) target.set(part, at);
      return part.length;
    },
  };
}

function indexOf(
  names: readonly string[],
  source: Uint8Array,
  at: number,
  length: number,
): number | undefined {
  const index = names.indexOf(new TextDecoder().decode(source.subarray(at, at + length)));
  return index < 0 ? undefined : index;
}

function copyName(name: string, target: Uint8Array, at: number, capacity: number): number {
  const bytes = encoder.encode(name);
  if (capacity > 0) target.set(bytes.subarray(0, capacity), at);
  return bytes.length;
}
