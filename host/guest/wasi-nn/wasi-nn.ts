import { messageOf, type StubError } from "../../errors.js";
import type { GuestPointer } from "../../numbers.js";
import { printable } from "../../text.js";
import { ABI_EXPORTS } from "../abi.js";
import type { Border, HostFunction } from "../border.js";
import { requireExecute } from "../call-imports.js";
import type { CallError, CallServices } from "../call-services.js";
import type { GuestServices, ModelServices } from "../services.js";
import { ERRNO_OF_CODE, NN_ERRNO, type NnErrno, type WasiNnFunction } from "./abi.js";
import { type Context, Contexts } from "./contexts.js";
import {
  bufferTooSmall,
  callFailed,
  emptyGraphName,
  errnoOf,
  noAnswer,
  noGraphsFromBytes,
  noSuchModel,
  noSuchOutput,
  notComputed,
} from "./errors.js";
import { Graph, Graphs } from "./graphs.js";
import { readTensor } from "./tensor.js";

const LOG_WARNING = 1;
const CODE_INTERNAL = 1;
const RESPONSE = 1;
/** The model's limit for calls ends the wait. */
const NO_TIMEOUT_MS = 0xffff_ffff;
const RESULT_BYTES = 4;
const START = 0 as GuestPointer;

/**
 * The standard wasi-nn: its named graphs are the other models of the server, reached by calls. A refusal is an error number, and a warning in
 * the log. A pointer out of range ends the guest's call, as in the rest of the ABI.
 */
export class WasiNn {
  readonly functions: Readonly<Record<WasiNnFunction, HostFunction>>;
  private readonly border: Border;
  private readonly model: ModelServices;
  private readonly calls: CallServices;
  private readonly graphs = new Graphs();
  private readonly contexts = new Contexts();

  constructor(border: Border, { model, calls }: GuestServices) {
    this.border = border;
    this.model = model;
    this.calls = calls;
    this.functions = {
      load: () => this.refusable(() => this.load()),
      load_by_name: (name, length, result) =>
        this.refusable(() => this.putResult(result, () => this.loadByName(name, length))),
      init_execution_context: (graph, result) =>
        this.refusable(() =>
          this.putResult(result, () => this.contexts.add(this.graphs.get(graph))),
        ),
      set_input: (context, index, tensor) =>
        this.refusable(() => this.setInput(context, index >>> 0, tensor)),
      compute: (context) => this.refusable(() => this.compute(context)),
      get_output: (context, index, buffer, capacity, result) =>
        this.refusable(() =>
          this.putResult(result, () => this.getOutput(context, index >>> 0, buffer, capacity)),
        ),
    };
  }

  /** Call it before each export: the calls of an earlier one are closed. */
  begin(): void {
    this.contexts.begin();
  }

  private load(): never {
    throw noGraphsFromBytes();
  }

  /** The name of a graph that is loaded already has the same number: the standard has no function that unloads one. */
  private loadByName(pointer: number, length: number): number {
    const name = this.border.text(pointer, length, "a graph's name");
    if (name === "") throw emptyGraphName();
    const loaded = this.graphs.find(name);
    if (loaded >= 0) return loaded;
    this.graphs.requireRoom();
    const graph = new Graph(name, this.model.graphs.get(name));
    // In triton_initialize the other model may still be loading.
    if (this.border.running === ABI_EXPORTS.execute && !this.isReady(graph)) {
      throw noSuchModel(name, graph.model);
    }
    return this.graphs.add(graph);
  }

  private setInput(context: number, index: number, tensor: number): void {
    const used = this.contexts.use(context);
    used.graph.inputName(index);
    const { at, length, ...form } = readTensor(this.border, tensor);
    const data = length === 0 ? new Uint8Array() : this.border.bytes.subarray(at, at + length);
    this.contexts.setInput(used, index, form, data, this.calls.inputMaxBytes);
  }

  private compute(number: number): void {
    requireExecute(this.border);
    const context = this.contexts.use(number);
    const { calls } = this;
    this.close(context);
    const { graph } = context;
    const call = calls.create(graph.model, graph.version);
    context.call = call;
    let isComputed = false;
    try {
      this.fill(call, context);
      calls.send(call, false);
      if (calls.wait(call, NO_TIMEOUT_MS) !== RESPONSE) throw noAnswer(graph.name);
      const error = calls.error(call);
      if (error !== undefined) throw this.failure(graph, error);
      isComputed = true;
    } finally {
      if (!isComputed) this.close(context);
    }
  }

  private fill(call: number, { graph, inputs }: Context): void {
    for (const [index, { datatype, shape, data }] of inputs) {
      const name = graph.inputName(index);
      this.calls.copyInput(call, name, datatype, shape, data, START, data.length);
    }
    for (const name of graph.outputs ?? []) this.calls.requestOutput(call, name);
  }

  private close(context: Context): void {
    const { call } = context;
    context.call = undefined;
    // A guest may also use the ABI, and close any call.
    if (call !== undefined && this.calls.isOpen(call)) this.calls.close(call);
  }

  private getOutput(number: number, index: number, buffer: number, capacity: number): number {
    const { graph, call } = this.contexts.use(number);
    const at = this.border.range(buffer, capacity, "a buffer for an output's data");
    const name = graph.outputName(index);
    const { calls } = this;
    if (call === undefined || !calls.isOpen(call)) throw notComputed(number >>> 0);
    const names = Array.from({ length: calls.outputCount(call) }, (_, output) =>
      decoder.decode(calls.outputName(call, output)),
    );
    const output = names.indexOf(name);
    if (output < 0) throw noSuchOutput(graph.name, name, names, `wasm_nn.${graph.name}`);
    const bytes = calls.outputByteSize(call, output);
    if (bytes > capacity >>> 0) throw bufferTooSmall(name, bytes, capacity >>> 0);
    return bytes === 0 ? 0 : calls.readOutput(call, output, 0, this.border.bytes, at, bytes);
  }

  /** A server does not say by the code that it has no such model. */
  private failure(graph: Graph, { code, message }: CallError): StubError {
    const isAbsent = code === CODE_INTERNAL && !this.isReady(graph);
    const errno = isAbsent ? NN_ERRNO.notFound : ERRNO_OF_CODE.get(code);
    return callFailed(errno ?? NN_ERRNO.runtimeError, graph.name, message);
  }

  /** @returns true also when the server cannot be asked */
  private isReady({ model, version }: Graph): boolean {
    try {
      return this.model.isModelReady(model, version);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return true;
    }
  }

  /** Writes the result of an action that succeeds. */
  private putResult(target: number, action: () => number): void {
    const at = this.border.range(target, RESULT_BYTES, "a place for a result of wasi-nn");
    const result = action();
    const { bytes } = this.border;
    new DataView(bytes.buffer, bytes.byteOffset + at, RESULT_BYTES).setUint32(0, result, true);
  }

  private refusable(action: () => void): NnErrno {
    try {
      action();
      return NN_ERRNO.success;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const reason = printable(messageOf(error));
      this.border.lastError = reason;
      this.model.log(LOG_WARNING, `wasi-nn: ${reason}`);
      return errnoOf(error);
    }
  }
}

const decoder = new TextDecoder();

function isRefusal(error: unknown): error is StubError {
  return (error as StubError).code === "ERR_CALL_REFUSED";
}
