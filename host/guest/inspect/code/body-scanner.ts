import { FUNCTION_MAX_COMPILE_BYTES } from "../../../limits.js";
import type { Cursor } from "../cursor.js";
import { malformed, tooCostly } from "../module-errors.js";
import { BodyState } from "./body-state.js";
import { BLOCK, LOOP, TRY } from "./control-stack.js";
import { refusedInstruction, unknownLonger } from "./later-instructions.js";
import {
  ATOMIC,
  COSTLY,
  COSTLY_NUMBER,
  type Instructions,
  MISCELLANEOUS,
  ONE_BYTE,
  UNKNOWN,
  VECTOR,
} from "./opcodes.js";
import type { Signatures } from "./signatures.js";

/** What the pass over one body found: bytes that it takes to compile. */
export interface BodyCost {
  readonly baseline: number;
  readonly optimised: number;
}

/**
 * Passes once over the instructions of function bodies, knows at each the height of the stack as the engine does, and
 * sums up what the engine keeps while it compiles. Types are left to the engine: in a valid body every height is exact;
 * in another one the engine stops at the first fault, up to which they are.
 */
export class BodyScanner {
  private readonly state: BodyState;

  constructor(bytes: Uint8Array, signatures: Signatures) {
    this.state = new BodyState(bytes, signatures);
  }

  /**
   * @param body from its first instruction on; not moved
   * @param locals number of local variables, parameters among them
   * @param index of the function, for errors
   * @throws StubError when an instruction is not one that this backend takes, or above {@link FUNCTION_MAX_COMPILE_BYTES}
   */
  scan(body: Cursor, locals: number, results: number, index: number): BodyCost {
    const { state } = this;
    const { reader, blocks, cost } = state;
    state.begin(body.offset, body.end, locals, results);
    do {
      const code = reader.next();
      state.settle();
      if (!this.readControl(code) && !this.readLeaving(code)) this.readOther(code);
      this.checkCost(index);
    } while (blocks.depth > 0);
    if (!reader.atEnd) throw malformed(reader.place(0), "a function body goes on after its end");
    state.finish(body.left);
    this.checkCost(index);
    return cost;
  }

  private checkCost(index: number): void {
    const { cost, reader } = this.state;
    if (cost.baseline <= FUNCTION_MAX_COMPILE_BYTES) return;
    throw tooCostly(reader.place(1), index, cost.baseline, FUNCTION_MAX_COMPILE_BYTES);
  }

  /** Reads an instruction that opens, divides or ends a block. @returns whether it is one */
  private readControl(code: number): boolean {
    const { state } = this;
    switch (code) {
      case 0x02:
        state.open(BLOCK, 1);
        return true;
      case 0x03:
        state.open(LOOP, 2);
        return true;
      case 0x04:
        state.reader.height -= 1;
        state.open(BLOCK, 2);
        return true;
      case 0x05:
        state.elseBranch();
        return true;
      case 0x06:
        state.open(TRY, 1);
        return true;
      case 0x07:
        state.catchTag();
        return true;
      case 0x0b:
        state.close();
        return true;
      case 0x18:
        state.reader.u32();
        state.close();
        return true;
      case 0x19:
        state.catchAll();
        return true;
      case 0x1f:
        state.open(TRY, 2);
        state.catchClauses();
        return true;
    }
    return false;
  }

  /** Reads an instruction after which control flow goes on elsewhere, if not always. @returns whether it is one */
  private readLeaving(code: number): boolean {
    const { state } = this;
    const { reader, blocks, cost } = state;
    switch (code) {
      case 0x00:
        cost.costly(0);
        break;
      case 0x08:
      case 0x09:
        reader.u32();
        state.throws();
        break;
      case 0x0a:
        state.throws();
        break;
      case 0x0c:
        state.branch();
        break;
      case 0x0d:
        reader.height -= 1;
        state.branch();
        return true;
      case 0x0e:
        state.branchTable();
        break;
      case 0x0f:
        cost.edges(1, 0, blocks.functionResults);
        break;
      case 0x12:
        state.directCall();
        break;
      case 0x13:
        state.indirectCall();
        break;
      default:
        return false;
    }
    reader.height = blocks.base;
    return true;
  }

  /** Reads any other instruction that does more than compute. */
  private readOther(code: number): void {
    const { state } = this;
    switch (code) {
      case 0x10:
        state.directCall();
        break;
      case 0x11:
        state.indirectCall();
        break;
      case 0x1c:
        state.typedSelect();
        break;
      case 0xd0:
        state.nullReference();
        break;
      case 0xfc:
        this.readLonger(MISCELLANEOUS, code);
        break;
      case 0xfd:
        this.readLonger(VECTOR, code);
        break;
      case 0xfe:
        this.readLonger(ATOMIC, code);
        break;
      default:
        this.readPlain(ONE_BYTE, code, code);
    }
  }

  /** Reads an instruction whose code has a second part. */
  private readLonger(table: Instructions, prefix: number): void {
    const { reader, cost, slots } = this.state;
    const place = reader.place(1);
    const code = reader.u32();
    const known = code < table.forms.length && table.forms[code] !== UNKNOWN;
    if (!known) throw unknownLonger(place, prefix, code);
    this.readPlain(table, code, prefix);
    if (table === VECTOR) cost.vector();
    else cost.costly(slots);
  }

  private readPlain(table: Instructions, code: number, first: number): void {
    const { reader, cost, slots } = this.state;
    const form = table.forms[code]!;
    if (form === UNKNOWN) throw refusedInstruction(reader.place(1), first);
    if (form === COSTLY || form === COSTLY_NUMBER) cost.costly(slots);
    reader.pass(form);
    reader.height += table.deltas[code]!;
  }
}
