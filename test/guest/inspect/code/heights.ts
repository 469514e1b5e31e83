import {
  ATOMIC,
  BYTE,
  BYTES_4,
  BYTES_8,
  BYTES_16,
  COSTLY_NUMBER,
  type Instructions,
  MEMORY,
  MEMORY_LANE,
  MISCELLANEOUS,
  NUMBER,
  ONE_BYTE,
  SPECIAL,
  TWO_NUMBERS,
  UNKNOWN,
  VECTOR,
} from "../../../../host/guest/inspect/code/opcodes.js";
import { inspectModule } from "../../../../host/guest/inspect/inspect.js";
import {
  type Bytes,
  binary,
  leb128,
  section,
  sized,
  times,
} from "../../../support/wasm/module-bytes.js";

const [I32, I64, F32, F64, V128, FUNCREF] = [0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70];

/** Types of values that an instruction may take. The engine says which it takes. */
const OPERANDS: readonly (readonly number[])[] = [
  [],
  ...[I32, I64, F32, F64, V128, FUNCREF].map((type) => [type]),
  ...[I32, I64, F32, F64, V128].map((type) => [type, type]),
  ...[I64, F32, F64, V128, FUNCREF].map((type) => [I32, type]),
  ...[I32, I64, F32, F64].map((type) => [V128, type]),
  [FUNCREF, I32],
  ...[I32, I64, F32, F64, FUNCREF].map((type) => [type, type, I32]),
  [I32, I32, I64],
  [I32, I64, I64],
  [I32, FUNCREF, I32],
  [V128, V128, V128],
];
const RESULTS: readonly (readonly number[])[] = [
  [],
  [I32, I32],
  ...[I32, I64, F32, F64, V128, FUNCREF].map((type) => [type]),
];

/** What may stand after an instruction's code, by its form: atomic access wants the very alignment of its size. */
function immediatesOf(form: number): readonly (readonly number[])[] {
  const zeros = (count: number) => [new Array<number>(count).fill(0)];
  switch (form) {
    case NUMBER:
    case COSTLY_NUMBER:
    case BYTE:
      return zeros(1);
    case TWO_NUMBERS:
      return zeros(2);
    case MEMORY:
      return [0, 1, 2, 3].map((alignment) => [alignment, 0]);
    case MEMORY_LANE:
      return zeros(3);
    case BYTES_4:
      return zeros(4);
    case BYTES_8:
      return zeros(8);
    case BYTES_16:
      return zeros(16);
    default:
      return zeros(0);
  }
}

/** A module whose last function takes these values, runs the code, and returns those. Each index 0 means something. */
function moduleOf(operands: readonly number[], results: readonly number[], code: Bytes) {
  const body = [0, operands.map((_type, i) => [0x20, i]), code, 0x0b];
  return binary(
    section(1, 2, [0x60, 0, 0], [0x60, leb128(operands.length), operands, results.length, results]),
    section(3, 2, 0, 1),
    section(4, 1, FUNCREF, 0, 1),
    section(5, 1, 0, 1),
    section(6, 1, I32, 1, 0x41, 0, 0x0b),
    section(7, 1, "memory", 2, 0),
    section(9, 1, 1, 0, 1, 0),
    section(12, 1),
    section(10, 2, sized(0, 0x0b), sized(body)),
    section(11, 1, 1, 0),
  );
}

/** Slots that the pass believes to be alive after the code: what one more block costs shows it. */
function slotsAfter(operands: readonly number[], results: readonly number[], code: Bytes): number {
  const block = [0x02, 0x40, 0x0b];
  const costOf = (blocks: number) =>
    inspectModule(moduleOf(operands, results, [code, times(blocks, block), PADDING]))
      .largestCompileBytes;
  return (costOf(2) - costOf(1) - 200) / 12;
}

/** Makes the body so long that it is not skimmed. */
const PADDING = times(2_048, 1);

/** @returns what is wrong with an instruction's entry, as the engine sees it; undefined when nothing is */
function faultOf(code: readonly number[], form: number): string | undefined {
  for (const immediates of immediatesOf(form)) {
    for (const operands of OPERANDS) {
      for (const results of RESULTS) {
        const whole = [...code, ...immediates];
        if (!WebAssembly.validate(moduleOf(operands, results, whole))) continue;
        const actual = slotsAfter(operands, results, whole) - operands.length;
        return actual === results.length ? undefined : `height ${actual}, not ${results.length}`;
      }
    }
  }
  return "the engine takes it with no operands that were tried";
}

/** Reads what each table says of each instruction, and asks the engine. Prints what differs, and how many there are. */
function main(): void {
  let checked = 0;
  const check = (prefix: readonly number[], { forms }: Instructions) => {
    for (const [code, form] of forms.entries()) {
      if (form === UNKNOWN || form === SPECIAL) continue;
      const fault = faultOf([...prefix, ...(prefix.length === 0 ? [code] : leb128(code))], form);
      if (fault !== undefined) {
        process.stdout.write(`${prefix.concat(code).map((byte) => byte.toString(16))}: ${fault}\n`);
      }
      checked += 1;
    }
  };
  check([], ONE_BYTE);
  check([0xfc], MISCELLANEOUS);
  check([0xfd], VECTOR);
  check([0xfe], ATOMIC);
  process.stdout.write(`${checked} instructions\n`);
}

main();
