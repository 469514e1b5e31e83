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

/** Estimated memory, in bytes, that the engine needs to compile one function. */
export interface BodyCost {
  readonly baseline: number;
  readonly optimised: number;
}

/**
 * Reads the instructions of function bodies once. It tracks the height of the stack as the engine does, and adds up the memory that the
 * engine keeps while it compiles. The engine checks the types. In a valid body every height is exact. In an invalid one the heights are
 * exact up to the first error, at which the engine stops.
 */
export class BodyScanner {
  private readonly state: BodyState;

  constructor(bytes: Uint8Array, signatures: Signatures) {
    this.state = new BodyState(bytes, signatures);
  }

  /**
   * @param body a cursor at the first instruction; it is not moved
   * @param locals number of local variables, including parameters
   * @param index the function's index, for errors
   * @throws StubError when this backend does not accept an instruction, or the cost exceeds {@link FUNCTION_MAX_COMPILE_BYTES}
   */
  scan(body: Cursor, locals: number, results: number, index: number): BodyCost {
    const { state } = this;
    const { reader, blocks, cost } = state;
    state.begin(body.offset, body.end, locals, results);
    do {
      const code = reader.next();
      state.updateHeight();
      if (!this.readControl(code) && !this.readLeaving(code)) this.readOther(code);
      this.checkCost(index);
    } while (blocks.depth > 0);
    if (!reader.atEnd) throw malformed(reader.place(0), "a function body continues after its end");
    state.finish(body.left);
    this.checkCost(index);
    return cost;
  }

  private checkCost(index: number): void {
    const { cost, reader } = this.state;
    if (cost.baseline <= FUNCTION_MAX_COMPILE_BYTES) return;
    throw tooCostly(reader.place(1), index, cost.baseline, FUNCTION_MAX_COMPILE_BYTES);
  }

  /**
   * Reads an instruction that opens, divides or ends a block.
   * @returns whether `code` is such an instruction
   */
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

  /**
   * Reads an instruction that leaves the straight control flow, always or on a condition.
   * @returns whether `code` is such an instruction
   */
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

  /** Reads any other instruction that does more than compute on the stack. */
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

  /** Reads an instruction whose opcode has a prefix byte. */
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
