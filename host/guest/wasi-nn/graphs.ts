import { CALL_ITEMS_MAX, NN_GRAPHS_MAX } from "../../limits.js";
import type { NnGraph } from "../services.js";
import { noSuchIndex, tooManyGraphs, unknownGraph } from "./errors.js";

const LATEST = -1n;

/** A graph of wasi-nn: a model of the server, with the names of its inputs and outputs, which wasi-nn counts. */
export class Graph {
  /** What the guest calls it. */
  readonly name: string;
  readonly model: string;
  /** -1n: the latest. */
  readonly version: bigint;
  /** Names of the outputs; undefined: OUTPUT0, OUTPUT1 and so on. */
  readonly outputs: readonly string[] | undefined;
  private readonly inputs: readonly string[] | undefined;

  /** @param described by the model's configuration */
  constructor(name: string, described: NnGraph | undefined) {
    this.name = name;
    this.model = described?.model ?? name;
    this.version = described?.version ?? LATEST;
    this.inputs = described?.inputs;
    this.outputs = described?.outputs;
  }

  /** @throws StubError a refusal when there is none */
  inputName(index: number): string {
    return this.nameOf("input", this.inputs, index);
  }

  /** @throws StubError a refusal when there is none */
  outputName(index: number): string {
    return this.nameOf("output", this.outputs, index);
  }

  private nameOf(what: string, names: readonly string[] | undefined, index: number): string {
    const count = names?.length ?? CALL_ITEMS_MAX;
    if (index >= count) throw noSuchIndex(what, this.name, index, count);
    return names?.[index] ?? `${what.toUpperCase()}${index}`;
  }
}

/** The graphs that a guest has loaded. They live as long as the guest. */
export class Graphs {
  private readonly all: Graph[] = [];

  /** @returns the number of a loaded graph; -1 when there is none of this name */
  find(name: string): number {
    return this.all.findIndex((graph) => graph.name === name);
  }

  /** @throws StubError a refusal when there are too many */
  requireRoom(): void {
    if (this.all.length >= NN_GRAPHS_MAX) throw tooManyGraphs(NN_GRAPHS_MAX);
  }

  /** @returns its number */
  add(graph: Graph): number {
    return this.all.push(graph) - 1;
  }

  /** @throws StubError a refusal when there is none */
  get(graph: number): Graph {
    const number = graph >>> 0;
    const found = this.all[number];
    if (found === undefined) throw unknownGraph(number);
    return found;
  }
}
