import { BRANCH_TABLE_MAX_TARGETS } from "../../../limits.js";
import { aboveLimit, malformed } from "../module-errors.js";
import { readValueType, skipHeapType } from "../value-type.js";
import { CompileCost } from "./compile-cost.js";
import { BLOCK, ControlStack } from "./control-stack.js";
import { InstructionReader } from "./instruction-reader.js";
import type { Signatures } from "./signatures.js";

/** The state of the pass over one body, and the effect of each kind of instruction on it and on the cost. */
export class BodyState {
  readonly reader: InstructionReader;
  readonly blocks = new ControlStack();
  readonly cost = new CompileCost();
  private locals = 0;
  private highest = 0;

  constructor(
    bytes: Uint8Array,
    private readonly signatures: Signatures,
  ) {
    this.reader = new InstructionReader(bytes);
  }

  begin(from: number, to: number, locals: number, results: number): void {
    this.locals = locals;
    this.highest = 0;
    this.reader.begin(from, to);
    this.cost.clear();
    this.blocks.clear();
    this.blocks.push(BLOCK, 0, 0, results);
  }

  finish(bytes: number): void {
    this.cost.finish(bytes, this.locals, this.highest);
  }

  /** Updates the height of the stack. It cannot be below the base of the innermost block: unreachable code may pop more than there is. */
  updateHeight(): void {
    const { reader, blocks } = this;
    if (reader.height < blocks.base) reader.height = blocks.base;
    if (reader.height > this.highest) this.highest = reader.height;
  }

  /** Number of live values: local variables and values on the stack. */
  get slots(): number {
    const { height } = this.reader;
    return height > 0 ? this.locals + height : this.locals;
  }

  /**
   * Opens a block, whose parameters are on the stack.
   * @param copies how many copies of all slots the engine keeps
   */
  open(kind: number, copies: number): void {
    const { reader, blocks, cost, signatures } = this;
    const type = reader.blockType(signatures.count);
    const parameters = type < 0 ? 0 : signatures.parameters[type]!;
    const results = type < 0 ? type + 2 : signatures.results[type]!;
    cost.states(copies, this.slots, parameters + results);
    blocks.push(kind, Math.max(0, reader.height - parameters), parameters, results);
    cost.nested(blocks.depth);
  }

  elseBranch(): void {
    this.handler(this.blocks.innerParameters);
  }

  catchTag(): void {
    this.handler(this.signatures.tagValues(this.reader));
  }

  catchAll(): void {
    this.handler(0);
  }

  /**
   * Continues with the other branch of an `if`, or with a handler of a `try`.
   * @param values number of values on its stack
   */
  private handler(values: number): void {
    const { reader, blocks, cost } = this;
    blocks.leaveTry();
    reader.height = blocks.base + values;
    cost.states(1, this.slots, values);
  }

  close(): void {
    const { reader, blocks } = this;
    const { base } = blocks;
    reader.height = base + blocks.pop();
  }

  /** Reads the clauses of a try_table. Each names a block in which execution continues after an exception. */
  catchClauses(): void {
    const { reader, blocks, cost } = this;
    for (let left = reader.u32(); left > 0; left--) {
      const place = reader.place(0);
      const kind = reader.byte();
      if (kind > 3) throw malformed(place, `0x${kind.toString(16)} is not a kind of catch clause`);
      if (kind < 2) this.signatures.tagValues(reader);
      // The labels of the clauses do not count the try_table block itself.
      cost.edges(1, this.slots, blocks.labelValues(reader.u32() + 1));
    }
  }

  branch(): void {
    const { reader, blocks, cost } = this;
    cost.edges(1, this.slots, blocks.labelValues(reader.u32()));
  }

  /** All targets of a br_table receive the same number of values. */
  branchTable(): void {
    const { reader, blocks, cost } = this;
    reader.height -= 1;
    const place = reader.place(0);
    const targets = reader.u32();
    if (targets > BRANCH_TABLE_MAX_TARGETS) {
      throw aboveLimit(place, "targets of a br_table", targets, BRANCH_TABLE_MAX_TARGETS);
    }
    let last = 0;
    for (let left = targets; left >= 0; left--) last = reader.u32();
    cost.branchTable(blocks.depth);
    cost.edges(targets + 1, this.slots, blocks.labelValues(last));
  }

  indirectCall(): void {
    const type = this.signatures.type(this.reader);
    this.reader.u32();
    this.reader.height -= 1;
    this.cost.indirection();
    this.callOf(type);
  }

  directCall(): void {
    this.callOf(this.signatures.functionType(this.reader));
  }

  private callOf(type: number): void {
    const { reader, blocks, cost, signatures } = this;
    const parameters = signatures.parameters[type]!;
    const results = signatures.results[type]!;
    cost.call(parameters + results, this.slots);
    if (blocks.tries > 0) cost.edges(1, this.slots, 0);
    reader.height += results - parameters;
  }

  throws(): void {
    this.cost.costly(this.slots);
    if (this.blocks.tries > 0) this.cost.edges(1, this.slots, 0);
  }

  typedSelect(): void {
    const { reader } = this;
    const types = reader.cursorAt(reader.at);
    for (let left = types.count("types of a select", 1); left > 0; left--) readValueType(types);
    reader.at = types.offset;
    reader.height -= 2;
  }

  nullReference(): void {
    const { reader } = this;
    const type = reader.cursorAt(reader.at);
    skipHeapType(type);
    reader.at = type.offset;
    reader.height += 1;
  }
}
