import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../../support/paths.js";
import { assemble, guest } from "../../support/wasm/assemble.js";
import {
  binary,
  everySection,
  MEMORY,
  moduleOf,
  section,
} from "../../support/wasm/module-bytes.js";

function built(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(projectFolder(), `dist/wasm/${name}.wasm`)));
}

/** Modules that the backend takes, and some that use each feature that it refuses. */
export function corpus(): readonly Uint8Array[] {
  return [
    built("identity"),
    built("core"),
    guest("(i32.const 0)"),
    moduleOf(MEMORY),
    // The richest ones are met more often.
    ...new Array<Uint8Array>(8).fill(everySection()),
    ...new Array<Uint8Array>(4).fill(handmade()),
    ...REFUSED.map((text) => assemble(`(module ${text})`)),
  ];
}

/** Forms that assemblers do not write: numbers with surplus bytes, all kinds of segments, tables with an initialiser. */
function handmade(): Uint8Array {
  const placed = [0x41, 0x80, 0, 0x0b];
  const function0 = [0xd2, 0, 0x0b];
  return binary(
    section(0, "before", 1, 2, 3),
    section(1, 0x82, 0, [0x60, 0, 0], [0x60, 0x81, 0, 0x7b, 2, 0x6f, 0x70]),
    section(3, 2, 0x80, 0x80, 0, 0),
    section(
      4,
      2,
      [0x70, 0, 0x8a, 0],
      [0x40, 0, 0x70, 1, 10, 0x90, 0x80, 0x80, 0x80, 0, ...function0],
    ),
    section(5, 1, 1, 1, 0xff, 0xff, 3),
    section(0, "between"),
    section(13, 1, 0, 0),
    section(
      6,
      3,
      [0x7f, 0, 0x41, 1, 0x41, 0x7f, 0x6a, 0x0b],
      [0x7f, 1, 0x23, 0, 0x0b],
      [0x7b, 0, 0xfd, 0x8c, 0, ...new Array<number>(16).fill(9), 0x0b],
    ),
    section(7, 4, ["memory", 2, 0], ["", 0, 0], ["é\0", 0, 1], ["t", 1, 1]),
    section(8, 1),
    section(
      9,
      8,
      [0, placed, 1, 0],
      [1, 0, 1, 1],
      [2, 1, placed, 0, 1, 0],
      [3, 0, 2, 0, 1],
      [4, placed, 1, function0],
      [5, 0x6f, 1, 0xd0, 0x6f, 0x0b],
      [6, 0, placed, 0x70, 1, 0xd0, 0x70, 0x0b],
      [7, 0x70, 2, function0, function0],
    ),
    section(12, 3),
    section(10, 2, [2, 0, 0x0b], [0x84, 0, 0, 0x01, 0x01, 0x0b]),
    section(11, 3, [0, placed, "data"], [1, "passive"], [2, 0, placed, ""]),
    section(0, "name", 0, "module name"),
  );
}

const REFUSED: readonly string[] = [
  `(memory (export "memory") 1 2 shared)`,
  `(memory (export "memory") i64 1)`,
  `${MEMORY} (table i64 1 funcref)`,
  `${MEMORY} (memory 1)`,
  `(import "env" "memory" (memory 1)) (export "memory" (memory 0))`,
  `(import "env" "table" (table 1 funcref)) ${MEMORY}`,
  `(import "env" "global" (global i32)) ${MEMORY} (global i32 (global.get 0))`,
  `(import "env" "tag" (tag)) ${MEMORY}`,
  `${MEMORY} (type (struct (field i32))) (type (array i8)) (rec (type $t (sub (struct))) (type (sub $t (struct))))
    (global anyref (struct.new_default 0))`,
  `${MEMORY} (type $f (func)) (table 1 (ref null $f)) (func (param (ref null $f) exnref i31ref))`,
  `${MEMORY} (table 1 anyref) (global externref (ref.null noextern)) (global i31ref (ref.i31 (i32.const 1)))`,
];
