import type { Random } from "../../support/random.js";
import { dumps } from "../../support/region/heap-traces.js";
import { mutate } from "../mutate.js";
import { hostile32 } from "../numbers.js";
import { ProgramWriter } from "../program.js";
import { NAMES, OPERATION } from "./operations.js";

const REGION_BYTES = 32_768;

/** Half of the programs leave the region as it is, so that all must work there; the others put garbage in it. */
export function makeProgram(random: Random): Uint8Array {
  const writer = new ProgramWriter().u8(random.below(dumps.length));
  const damage = random.once(2);
  for (let left = 1 + random.below(40); left > 0; left--) {
    if (damage && random.once(4)) writeDamage(writer, random);
    else writeCall(writer, random);
  }
  const program = writer.finish();
  return random.once(8) ? mutate(program, [program], random) : program;
}

function writeCall(writer: ProgramWriter, random: Random): void {
  const name = () => random.below(NAMES.length);
  const { allocate, freeHeld, freeAnything } = OPERATION;
  switch (random.below(16)) {
    case 0:
      writer.u8(OPERATION.allocateAligned).u32(size(random)).u32(alignment(random));
      break;
    case 1:
      writer.u8(freeAnything).u32(place(random));
      break;
    case 2:
      writer.u8(OPERATION.grow).u32(random.once(4) ? hostile32(random) : random.below(3_000));
      break;
    case 3:
      writer.u8(OPERATION.find).u8(name());
      break;
    case 4:
      writer.u8(OPERATION.findOrConstruct).u8(name()).u32(size(random)).u32(alignment(random));
      break;
    case 5:
      writer.u8(OPERATION.inspect);
      break;
    case 6:
      writer.u8(OPERATION.copy).u32(place(random)).u32(place(random)).u32(size(random));
      break;
    case 7:
      writer.u8(OPERATION.zero).u32(place(random)).u32(size(random));
      break;
    case 8:
      if (random.once(4)) writer.u8(OPERATION.setLimit).u32(place(random));
      break;
    default:
      if (random.once(2)) writer.u8(allocate).u32(size(random));
      else writer.u8(freeHeld).u8(random.below(256));
  }
}

function writeDamage(writer: ProgramWriter, random: Random): void {
  const at = random.below(REGION_BYTES);
  switch (random.below(3)) {
    case 0:
      writer.u8(OPERATION.setWord).u32(at).u64(word(random));
      break;
    case 1:
      writer.u8(OPERATION.aimWord).u32(at).u32(place(random));
      break;
    default:
      writer
        .u8(OPERATION.flipBit)
        .u32(at + random.below(8))
        .u8(random.below(8));
  }
}

function size(random: Random): number {
  return random.once(6) ? hostile32(random) : random.below(random.pick([64, 64, 1_500, 20_000]));
}

function alignment(random: Random): number {
  return random.once(6) ? hostile32(random) : 2 ** random.below(random.pick([8, 8, 32]));
}

function place(random: Random): number {
  return random.once(4) ? hostile32(random) : random.below(REGION_BYTES / 16) * 16;
}

/** Bits 63 and 62 of a control word are flags; the rest is a size, or a link's distance. */
function word(random: Random): bigint {
  const flags = BigInt(random.below(4)) << 62n;
  return flags | BigInt(random.once(2) ? hostile32(random) : random.below(2_000));
}
