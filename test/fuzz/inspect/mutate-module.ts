import type { Random } from "../../support/random.js";
import { leb128 } from "../../support/wasm/module-bytes.js";
import { mutate } from "../mutate.js";

const HEADER_BYTES = 8;

interface Section {
  readonly id: number;
  readonly contents: Uint8Array;
}

/** Changes a valid module in a few places. Sizes of sections are mostly put right again, so that a change is met inside of them. */
export function mutateModule(
  module: Uint8Array,
  others: readonly Uint8Array[],
  random: Random,
): Uint8Array {
  if (random.once(8)) return module;
  if (random.once(8)) return mutate(module, others, random);
  let sections = split(module);
  for (let left = random.once(2) ? 1 : random.below(4); left > 0; left--) {
    sections = changeSections(sections, others, random);
  }
  const whole = join(module.subarray(0, HEADER_BYTES), sections);
  return random.once(16) ? mutate(whole, others, random) : whole;
}

function changeSections(
  sections: readonly Section[],
  others: readonly Uint8Array[],
  random: Random,
): readonly Section[] {
  const result = [...sections];
  const at = random.below(sections.length);
  const chosen = sections[at];
  if (chosen === undefined) return split(random.pick(others));
  const foreign = random.pick(split(random.pick(others)));
  switch (random.below(12)) {
    case 0:
      [result[at], result[random.below(result.length)]] = [random.pick(result), chosen];
      break;
    case 1:
      result.splice(at, 1);
      break;
    case 2:
      result.splice(random.below(result.length + 1), 0, random.once(2) ? chosen : foreign);
      break;
    case 3:
      result[at] = { id: random.below(17), contents: chosen.contents };
      break;
    case 4:
      return sections.map((section) => (section.id === foreign.id ? foreign : section));
    default: {
      const alike = others.flatMap((other) => split(other).filter(({ id }) => id === chosen.id));
      const pieces = [chosen, ...alike].map(({ contents }) => contents);
      result[at] = { id: chosen.id, contents: mutate(chosen.contents, pieces, random) };
    }
  }
  return result;
}

/** Of a valid module. */
function split(module: Uint8Array): readonly Section[] {
  const sections: Section[] = [];
  for (let at = HEADER_BYTES; at < module.length; ) {
    const id = module[at++]!;
    let size = 0;
    for (let shift = 0, byte = 0x80; byte >= 0x80; shift += 7) {
      byte = module[at++]!;
      size += (byte & 0x7f) * 2 ** shift;
    }
    sections.push({ id, contents: module.subarray(at, (at += size)) });
  }
  return sections;
}

function join(header: Uint8Array, sections: readonly Section[]): Uint8Array {
  const parts = sections.flatMap(({ id, contents }) => [
    Uint8Array.of(id, ...leb128(contents.length)),
    contents,
  ]);
  return new Uint8Array(Buffer.concat([header, ...parts]));
}
