import type { Endpoint } from "../../channel/endpoint.js";
import type { ParameterValue } from "../../guest/services.js";
import {
  CALL_DEADLINE_MS,
  CALL_DEPTH_MAX,
  CALL_ITEMS_MAX,
  CALL_TEXTS_MAX_LENGTH,
  CALLS_MAX,
  OPEN_CALLS_MAX,
  OUTPUT_MAX_BYTES,
} from "../../limits.js";
import type { Batch } from "../batch/batch.js";
import { CallInputs } from "./call-inputs.js";
import {
  callInputsTooLarge,
  changedAfterSend,
  emptyName,
  inputTwice,
  noTextCorrelationIds,
  textsTooLong,
  tooDeep,
  tooManyItems,
  tooManyOpenCalls,
} from "./errors.js";
import { type CallInput, GuestCall } from "./guest-call.js";
import { OpenCalls } from "./open-calls.js";

/** The limits of a model for its calls. */
export interface CallLimits {
  readonly callsMax: number;
  readonly callDeadlineMs: number;
  readonly inputMaxBytes: number;
}

/** The calls of a guest before they are sent. */
export class CallDrafts extends OpenCalls {
  limits: CallLimits = {
    callsMax: CALLS_MAX.default,
    callDeadlineMs: CALL_DEADLINE_MS.default,
    inputMaxBytes: OUTPUT_MAX_BYTES.default,
  };
  protected readonly batch: Batch;
  protected nextCall = 0;
  private readonly inputs: CallInputs;
  private inputBytes = 0;
  private textLength = 0;
  /** Number of calls that have led to the current batch; undefined before it is needed. */
  private batchDepth: number | undefined;

  constructor(endpoint: Endpoint, batch: Batch) {
    super(endpoint);
    this.batch = batch;
    this.inputs = new CallInputs(endpoint);
  }

  get inputMaxBytes(): number {
    return this.limits.inputMaxBytes;
  }

  create(model: string, version: bigint): number {
    this.countText(model);
    if (this.depth > CALL_DEPTH_MAX) throw tooDeep(model, CALL_DEPTH_MAX);
    if (this.open.size >= OPEN_CALLS_MAX) throw tooManyOpenCalls(OPEN_CALLS_MAX);
    const call = this.nextCall++;
    this.open.set(call, new GuestCall(model, version));
    return call;
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
    const bytes = this.inputBytes + length;
    const { inputMaxBytes } = this.limits;
    const draft = this.draftForInput(call, name);
    if (bytes > inputMaxBytes) throw callInputsTooLarge(bytes, inputMaxBytes);
    this.addInput(draft, this.inputs.copied(name, datatype, shape, source, at, length));
  }

  shareInput(call: number, name: string, request: number, input: number): void {
    const draft = this.draftForInput(call, name);
    this.addInput(draft, this.inputs.ofRequest(name, this.batch.inputRecord(request, input)));
  }

  shareOutput(call: number, name: string, from: number, output: number): void {
    const draft = this.draftForInput(call, name);
    this.addInput(draft, this.inputs.ofCall(name, this.output(from, output)));
  }

  requestOutput(call: number, name: string): void {
    const draft = this.draft(call);
    if (name === "") throw emptyName("an output");
    this.countText(name);
    if (draft.outputs.length >= CALL_ITEMS_MAX) throw tooManyItems("outputs", CALL_ITEMS_MAX);
    if (!draft.outputs.includes(name)) draft.outputs.push(name);
  }

  setParameter(call: number, key: string, value: ParameterValue): void {
    const { parameters } = this.draft(call);
    if (parameters.size >= CALL_ITEMS_MAX) throw tooManyItems("parameters", CALL_ITEMS_MAX);
    this.countText(key);
    if (typeof value === "string") this.countText(value);
    parameters.set(key, value);
  }

  setId(call: number, id: string): void {
    this.countText(id);
    this.draft(call).id = id;
  }

  setCorrelationId(call: number, id: bigint | string): void {
    const draft = this.draft(call);
    if (typeof id === "string" && !this.batch.carriesTextCorrelationIds) {
      throw noTextCorrelationIds();
    }
    if (typeof id === "string") this.countText(id);
    draft.correlationId = id;
  }

  setFlags(call: number, flags: number): void {
    this.draft(call).flags = flags;
  }

  setTimeout(call: number, microseconds: bigint): void {
    this.draft(call).timeoutMicroseconds = microseconds;
  }

  setTrace(call: number, request: number): void {
    this.draft(call).trace = this.batch.requestTrace(request);
  }

  /** Forgets all calls. */
  protected forgetAll(): void {
    this.open.clear();
    this.nextCall = 0;
    this.inputBytes = 0;
    this.textLength = 0;
    this.batchDepth = undefined;
  }

  private countText({ length }: string): void {
    this.textLength += length;
    if (this.textLength > CALL_TEXTS_MAX_LENGTH) throw textsTooLong(CALL_TEXTS_MAX_LENGTH);
  }

  /** The inputs of a call do not count any more: it was sent, or closed before. */
  protected uncountInputs({ inputs }: GuestCall): void {
    for (const { bytes } of inputs) this.inputBytes -= bytes;
  }

  /** Number of calls that the next one would end a chain of. A request that came from another model of this backend has its own number. */
  protected get depth(): number {
    this.batchDepth ??= this.batch.callDepth();
    return this.batchDepth + 1;
  }

  private draft(call: number): GuestCall {
    const draft = this.open.get(call)!;
    if (draft.wasSent) throw changedAfterSend();
    return draft;
  }

  private draftForInput(call: number, name: string): GuestCall {
    const draft = this.draft(call);
    if (name === "") throw emptyName("an input");
    this.countText(name);
    if (draft.inputs.some((input) => input.name === name)) throw inputTwice(name);
    if (draft.inputs.length >= CALL_ITEMS_MAX) throw tooManyItems("inputs", CALL_ITEMS_MAX);
    return draft;
  }

  private addInput(draft: GuestCall, input: CallInput): void {
    this.batch.noteOtherBlocks();
    draft.inputs.push(input);
    this.inputBytes += input.bytes;
  }
}
