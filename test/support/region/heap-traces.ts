import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../paths.js";
import type { TestCore } from "./core-instance.js";

/** One operation of facts/heap-traces.json; the file says what the columns are. */
export type TraceOp =
  | ["a", number, number, number]
  | ["A", number, number, number, number]
  | ["f", number, number]
  | ["g", number, number, number]
  | ["n", string, number, number, number, number]
  | ["x", string, number];

export interface TraceSequence {
  name: string;
  initial_size: number;
  initial_free: number;
  final_size: number;
  final_free: number;
  ops: TraceOp[];
  segment_base64?: string;
}

const file = JSON.parse(readFileSync(join(projectFolder(), "facts/heap-traces.json"), "utf8")) as {
  sequences: TraceSequence[];
};

/** What Boost itself did, operation by operation. */
export const sequences = file.sequences;

/** The sequences that come with the whole segment as Boost left it. */
export const dumps = sequences.flatMap((sequence) =>
  sequence.segment_base64 === undefined
    ? []
    : [{ sequence, dump: new Uint8Array(Buffer.from(sequence.segment_base64, "base64")) }],
);

const orMinusOne = (offset: number): number => (offset >>> 0 === 0 ? -1 : offset >>> 0);

/** Does one operation and returns it with the outcomes that the core gave. */
export function replay(test: TestCore, op: TraceOp): TraceOp {
  const { core } = test;
  const free = (): number => core.heapFreeMemory() >>> 0;
  switch (op[0]) {
    case "a":
      return ["a", op[1], orMinusOne(core.heapAllocate(op[1])), free()];
    case "A":
      return ["A", op[1], op[2], orMinusOne(core.heapAllocateAligned(op[1], op[2])), free()];
    case "f":
      core.heapDeallocate(op[1]);
      return ["f", op[1], free()];
    case "g":
      test.grow(op[1]);
      return ["g", op[1], core.heapSize() >>> 0, free()];
    case "n":
      return [
        "n",
        op[1],
        op[2],
        op[3],
        orMinusOne(test.findOrConstruct(op[1], op[2], op[3])),
        free(),
      ];
    case "x":
      return ["x", op[1], orMinusOne(test.find(op[1]))];
  }
}
