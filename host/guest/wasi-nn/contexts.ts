import { NN_CONTEXTS_MAX } from "../../limits.js";
import { inputsTooLarge, noMemoryForInput, tooManyContexts, unknownContext } from "./errors.js";
import type { Graph } from "./graphs.js";

/** An input that the guest has set. */
export interface ContextInput {
  readonly datatype: number;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** An execution context: inputs for a graph, and the call that computed the graph last. */
export class Context {
  readonly graph: Graph;
  /** By their indexes. */
  readonly inputs = new Map<number, ContextInput>();
  /** The call with the outputs; undefined before `compute` and after the export that computed. */
  call: number | undefined;
  /** Number of the export's run that used it last. */
  usedIn: number;

  constructor(graph: Graph, run: number) {
    this.graph = graph;
    this.usedIn = run;
  }

  /** Size of its inputs in bytes. */
  get bytes(): number {
    let sum = 0;
    for (const { data } of this.inputs.values()) sum += data.length;
    return sum;
  }
}

/**
 * The execution contexts of a guest. The standard has no function that closes one, so a guest that creates one for each batch would need ever
 * more. The contexts that were used longest ago are dropped when there is no room, but none that the current run of an export has used.
 */
export class Contexts {
  /** By their numbers, the one that was used last at the end. */
  private readonly all = new Map<number, Context>();
  private next = 0;
  private run = 0;
  private bytes = 0;

  /** Called before each export. The outputs of earlier calls do not exist any more. */
  begin(): void {
    this.run += 1;
    for (const context of this.all.values()) context.call = undefined;
  }

  /** @returns its number */
  add(graph: Graph): number {
    while (this.all.size >= NN_CONTEXTS_MAX) {
      if (!this.dropOldest()) throw tooManyContexts(NN_CONTEXTS_MAX);
    }
    const number = this.next;
    this.next = (this.next + 1) >>> 0;
    this.all.set(number, new Context(graph, this.run));
    return number;
  }

  /** Finds a context, and counts it as used. @throws StubError a refusal */
  use(context: number): Context {
    const number = context >>> 0;
    const found = this.all.get(number);
    if (found === undefined) throw unknownContext(number);
    found.usedIn = this.run;
    this.all.delete(number);
    this.all.set(number, found);
    return found;
  }

  /**
   * Copies an input.
   * @param source its bytes
   * @param maxBytes of the inputs of all contexts
   * @throws StubError a refusal; the earlier input stays
   */
  setInput(
    context: Context,
    index: number,
    { datatype, shape }: Omit<ContextInput, "data">,
    source: Uint8Array,
    maxBytes: number,
  ): void {
    const earlier = context.inputs.get(index)?.data;
    const added = source.length - (earlier?.length ?? 0);
    while (this.bytes + added > maxBytes) {
      if (!this.dropOldest()) throw inputsTooLarge(this.bytes + added, maxBytes);
    }
    const data = added === 0 && earlier !== undefined ? earlier : allocate(source.length);
    data.set(source);
    context.inputs.set(index, { datatype, shape, data });
    this.bytes += added;
  }

  /** @returns false when the current run has used all of them */
  private dropOldest(): boolean {
    for (const [number, context] of this.all) {
      if (context.usedIn === this.run) return false;
      this.all.delete(number);
      this.bytes -= context.bytes;
      return true;
    }
    return false;
  }
}

function allocate(bytes: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw noMemoryForInput(bytes);
  }
}
