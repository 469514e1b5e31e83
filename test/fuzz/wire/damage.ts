import type { Random } from "../../support/random.js";
import { hostileWords } from "../../support/region/every-message.js";
import { hostile32 } from "../numbers.js";
import { type ProgramReader, ProgramWriter } from "../program.js";

const KINDS = 4;
const WIDTHS = [1, 2, 4, 8];

/** Where messages lie, and what in them leads to others. */
export interface Place {
  readonly from: number;
  readonly to: number;
  readonly handles: readonly number[];
}

/** A program of a few changes. @param layouts how many there are to choose from */
export function makeDamage(random: Random, layouts: number): Uint8Array {
  const writer = new ProgramWriter().u8(random.below(layouts));
  for (let left = random.once(3) ? 1 + random.below(6) : 1; left > 0; left--) {
    writer.u8(random.below(KINDS)).u32(hostile32(random));
    writer
      .u8(random.below(256))
      .u32(hostile32(random))
      .u32(random.once(3) ? hostile32(random) : 0);
  }
  return writer.finish();
}

/** Does the next change of a program. */
export function doDamage(view: DataView, place: Place, program: ProgramReader): void {
  const [kind, where, which, value] = [program.u8(), program.u32(), program.u8(), program.u64()];
  const { from, to, handles } = place;
  const at = from + (where % (to - from - 8));
  const handleAt = handles[where % handles.length]!;
  const words = hostileWords(handles[which % handles.length]!, to);
  switch (kind % KINDS) {
    case 0:
      view.setUint8(at, view.getUint8(at) ^ (1 << (which % 8)));
      break;
    case 1: {
      const width = WIDTHS[which % WIDTHS.length]!;
      for (let byte = 0; byte < width; byte++) {
        view.setUint8(at + byte, Number((value >> BigInt(8 * byte)) & 0xffn));
      }
      break;
    }
    case 2:
      view.setBigUint64(handleAt, words[Number(value % BigInt(words.length))]!, true);
      break;
    default:
      // To another block: a tensor read as a request, a text as a tensor.
      view.setBigUint64(handleAt, view.getBigUint64(handles[which % handles.length]!, true), true);
  }
}
