import type { Endpoint } from "../../channel/endpoint.js";
import { messageOf, StubError } from "../../errors.js";
import type { CallError, CallServices, ParameterValue } from "../../guest/services.js";
import {
  CALL_DEADLINE_MS,
  CALL_DEPTH_MAX,
  CALL_ITEMS_MAX,
  CALLS_MAX,
  OPEN_CALLS_MAX,
  OUTPUT_MAX_BYTES,
  STREAM_RESPONSES_MAX,
} from "../../limits.js";
import { TRITON_ERROR } from "../../wire/error-codes.js";
import type { Batch } from "../batch/batch.js";
import { CALL_DEPTH_PARAMETER } from "../batch/call-depth.js";
import type { Journal } from "../shared/journal.js";
import { CallInputs } from "./call-inputs.js";
import type { CallOwner, CallPump } from "./call-pump.js";
import { type CallOutput, CallResponse } from "./call-response.js";
import { CallSender } from "./call-sender.js";
import type { CallSlots, SentCall } from "./call-slots.js";
import type { CallWaits } from "./call-waits.js";
import {
  callInputsTooLarge,
  changedAfterSend,
  emptyName,
  inputTwice,
  noResponse,
  noRoomForCall,
  noTextCorrelationIds,
  notSent,
  sentTwice,
  tooDeep,
  tooManyCalls,
  tooManyItems,
  tooManyOpenCalls,
  waitedTooLong,
} from "./errors.js";
import { type CallInput, GuestCall } from "./guest-call.js";

export interface CallsParts {
  readonly endpoint: Endpoint;
  readonly journal: Journal;
  readonly batch: Batch;
  readonly slots: CallSlots;
  readonly pump: CallPump;
  readonly waits: CallWaits;
}

/** The limits of a model for its calls. */
export interface CallLimits {
  readonly callsMax: number;
  readonly callDeadlineMs: number;
  readonly inputMaxBytes: number;
}

/** The calls of other models that a guest makes while it executes a batch. */
export class Calls implements CallServices, CallOwner {
  limits: CallLimits = {
    callsMax: CALLS_MAX.default,
    callDeadlineMs: CALL_DEADLINE_MS.default,
    inputMaxBytes: OUTPUT_MAX_BYTES.default,
  };
  private readonly endpoint: Endpoint;
  private readonly journal: Journal;
  private readonly batch: Batch;
  private readonly slots: CallSlots;
  private readonly pump: CallPump;
  private readonly waits: CallWaits;
  private readonly inputs: CallInputs;
  private readonly sender: CallSender;
  /** By the number that the guest has. */
  private readonly open = new Map<number, GuestCall>();
  /** The guest's call of each sent one. */
  private readonly owners = new Map<SentCall, GuestCall>();
  private nextCall = 0;
  private inputBytes = 0;
  /** Whether the message of the command is held. */
  private holdsCommand = false;
  /** Number of calls that have led to the current batch; undefined before it is needed. */
  private batchDepth: number | undefined;

  constructor({ endpoint, journal, batch, slots, pump, waits }: CallsParts) {
    this.endpoint = endpoint;
    this.journal = journal;
    this.batch = batch;
    this.slots = slots;
    this.pump = pump;
    this.waits = waits;
    this.inputs = new CallInputs(endpoint);
    this.sender = new CallSender(endpoint, slots);
  }

  /** Called when the guest has returned or was discarded. The command frees the blocks of its calls; those in flight stay in the list. */
  end(): void {
    if (this.nextCall === 0) return;
    this.open.clear();
    this.owners.clear();
    this.nextCall = 0;
    this.inputBytes = 0;
    this.batchDepth = undefined;
    this.holdsCommand = false;
    this.waits.reset();
  }

  get inputMaxBytes(): number {
    return this.limits.inputMaxBytes;
  }

  isOpen(call: number): boolean {
    return this.open.has(call);
  }

  create(model: string, version: bigint): number {
    if (this.depth > CALL_DEPTH_MAX) throw tooDeep(model, CALL_DEPTH_MAX);
    if (this.open.size >= OPEN_CALLS_MAX) throw tooManyOpenCalls(OPEN_CALLS_MAX);
    const call = this.nextCall++;
    const created = new GuestCall(model, version);
    created.parameters.set(CALL_DEPTH_PARAMETER, BigInt(this.depth));
    this.open.set(call, created);
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
    if (draft.outputs.length >= CALL_ITEMS_MAX) throw tooManyItems("outputs", CALL_ITEMS_MAX);
    if (!draft.outputs.includes(name)) draft.outputs.push(name);
  }

  setParameter(call: number, key: string, value: ParameterValue): void {
    const { parameters } = this.draft(call);
    if (parameters.size >= CALL_ITEMS_MAX) throw tooManyItems("parameters", CALL_ITEMS_MAX);
    parameters.set(key, value);
  }

  setId(call: number, id: string): void {
    this.draft(call).id = id;
  }

  setCorrelationId(call: number, id: bigint | string): void {
    const draft = this.draft(call);
    if (typeof id === "string" && !this.batch.carriesTextCorrelationIds) {
      throw noTextCorrelationIds();
    }
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

  send(call: number, streams: boolean): void {
    const draft = this.open.get(call)!;
    if (draft.wasSent) throw sentTwice();
    const { callsMax } = this.limits;
    if (this.slots.count >= callsMax) this.pump.poll(this);
    if (this.slots.count >= callsMax || !this.slots.hasRoom) throw tooManyCalls(callsMax);
    let sent: SentCall;
    try {
      this.holdCommand();
      sent = this.sender.send(draft, streams);
    } catch (error) {
      if (!(error instanceof StubError)) throw error;
      throw noRoomForCall(messageOf(error));
    }
    draft.wasSent = true;
    draft.sent = sent;
    this.owners.set(sent, draft);
    this.inputBytes -= bytesOf(draft.inputs);
  }

  wait(call: number, timeoutMs: number): number {
    const waiting = this.open.get(call)!;
    if (!waiting.wasSent) throw notSent();
    this.waitUntil(() => waiting.responses.length > 0 || waiting.sent === undefined, timeoutMs);
    const next = waiting.responses.shift();
    if (next === undefined) return waiting.sent === undefined ? -1 : 0;
    waiting.current?.release(this.endpoint);
    waiting.current = next;
    return 1;
  }

  waitAny(timeoutMs: number): number {
    const ready = () => this.find((call) => call.responses.length > 0);
    this.waitUntil(() => ready() >= 0 || this.owners.size === 0, timeoutMs);
    return ready();
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

  forwardOutput(request: number, output: number, call: number, from: number): boolean {
    return this.batch.forwardOutput(request, output, this.output(call, from));
  }

  close(call: number): void {
    const closed = this.open.get(call)!;
    this.open.delete(call);
    if (closed.sent !== undefined) this.owners.delete(closed.sent);
    if (!closed.wasSent) this.inputBytes -= bytesOf(closed.inputs);
    for (const response of closed.responses.reverse()) response.release(this.endpoint);
    closed.current?.release(this.endpoint);
  }

  cancel(call: number): boolean {
    const { sent } = this.open.get(call)!;
    return sent !== undefined && this.pump.cancel(sent);
  }

  wants(call: SentCall): boolean {
    const owner = this.owners.get(call);
    return owner === undefined || owner.responses.length < STREAM_RESPONSES_MAX;
  }

  receive(call: SentCall, response: CallResponse): boolean {
    const owner = this.owners.get(call);
    if (owner === undefined) return false;
    owner.responses.push(response);
    return true;
  }

  complete(call: SentCall): void {
    const owner = this.owners.get(call);
    if (owner === undefined) return;
    owner.sent = undefined;
    this.owners.delete(call);
  }

  private waitUntil(isDone: () => boolean, timeoutMs: number): void {
    const { callDeadlineMs } = this.limits;
    const poll = () => {
      this.pump.poll(this);
      return isDone();
    };
    if (this.waits.until(poll, timeoutMs, callDeadlineMs)) return;
    if (!this.waits.isExhausted(callDeadlineMs)) return;
    for (const [sent, owner] of this.owners) {
      const reason = waitedTooLong(owner.model, callDeadlineMs);
      this.receive(sent, CallResponse.failed(reason, TRITON_ERROR.unavailable));
      this.complete(sent);
    }
  }

  /** Number of calls that the next one would end a chain of. A request that came from another model of this backend has its own number. */
  private get depth(): number {
    this.batchDepth ??= this.batch.callDepth();
    return this.batchDepth + 1;
  }

  private find(matches: (call: GuestCall) => boolean): number {
    for (const [number, call] of this.open) if (matches(call)) return number;
    return -1;
  }

  /** Up to 24.05 the server frees the message of its command when it takes a call. The guard and a successor may still have to read it. */
  private holdCommand(): void {
    if (this.holdsCommand) return;
    const { heap } = this.endpoint;
    heap.locked(() => heap.loadLocked(this.journal.commandMessage));
    this.holdsCommand = true;
  }

  private draft(call: number): GuestCall {
    const draft = this.open.get(call)!;
    if (draft.wasSent) throw changedAfterSend();
    return draft;
  }

  private draftForInput(call: number, name: string): GuestCall {
    const draft = this.draft(call);
    if (name === "") throw emptyName("an input");
    if (draft.inputs.some((input) => input.name === name)) throw inputTwice(name);
    if (draft.inputs.length >= CALL_ITEMS_MAX) throw tooManyItems("inputs", CALL_ITEMS_MAX);
    return draft;
  }

  private addInput(draft: GuestCall, input: CallInput): void {
    draft.inputs.push(input);
    this.inputBytes += input.bytes;
  }

  private response(call: number): CallResponse {
    const { current } = this.open.get(call)!;
    if (current === undefined) throw noResponse();
    return current;
  }

  private output(call: number, output: number): CallOutput {
    return this.response(call).outputs[output]!;
  }
}

function bytesOf(inputs: readonly CallInput[]): number {
  return inputs.reduce((sum, { bytes }) => sum + bytes, 0);
}
