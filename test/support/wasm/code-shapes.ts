import { type Bytes, binary, leb128, section, sized, times } from "./module-bytes.js";

const I32 = 0x7f;
const EXTERNREF = 0x6f;

export interface FunctionParts {
  /** Index of its type; 0 takes and returns nothing. */
  readonly type?: number;
  readonly locals?: readonly (readonly [count: number, type: number])[];
  readonly code: Bytes;
}

/** Parameters and results, all of i32. */
type Counts = readonly [parameters: number, results: number];

/**
 * A module of these functions, of which the first is `triton_execute` and returns 0, with a tag without values.
 * @param start index of the function that runs first; undefined: none
 */
export function codeModule(
  functions: readonly FunctionParts[],
  types: readonly Counts[] = [],
  start?: number,
): Uint8Array<ArrayBuffer> {
  const all = [[0, 0], [0, 1], ...types] as const;
  const values = (count: number) => [leb128(count), times(count, I32)];
  const bodies = functions.map(({ locals = [], code }, i) =>
    sized(
      leb128(locals.length),
      locals.map(([count, type]) => [leb128(count), type]),
      code,
      i === 0 ? [0x41, 0] : [],
      0x0b,
    ),
  );
  return binary(
    section(
      1,
      leb128(all.length),
      all.map(([inputs, outputs]) => [0x60, values(inputs), values(outputs)]),
    ),
    section(
      3,
      leb128(functions.length),
      functions.map(({ type = 0 }, i) => (i === 0 ? 1 : leb128(type))),
    ),
    section(4, 1, 0x70, 0, 1),
    section(5, 1, 0, 1),
    section(13, 1, 0, 0),
    section(7, 2, "memory", 2, 0, "triton_execute", 0, 0),
    start === undefined ? [] : section(8, leb128(start)),
    section(10, leb128(functions.length), bodies),
  );
}

/** Code of `depth` nested `if` blocks. */
export function nestedIfs(depth: number): Uint8Array {
  const code = new Uint8Array(5 * depth).fill(0x0b);
  for (let at = 0; at < 4 * depth; at += 4) code.set([0x41, 0, 0x04, 0x40], at);
  return code;
}

/** Functions that each take the compiler almost as much memory as one may, and seconds together. */
export function costlyFunctions(count: number): FunctionParts[] {
  return new Array<FunctionParts>(count).fill({ locals: [[50_000, I32]], code: nestedIfs(240) });
}

/** Calls `count` functions from the index `first` on, and then never ends. */
export function callThenLoop(first: number, count: number): Bytes {
  const calls = Array.from({ length: count }, (_, index) => [0x10, leb128(first + index)]);
  return [calls, 0x03, 0x40, 0x0c, 0, 0x0b];
}

/** One function with locals of i32, of which none is ever set. */
const withLocals = (count: number, code: Bytes, more: readonly FunctionParts[] = []) =>
  codeModule([{ locals: [[count, I32]], code }, ...more]);

export const EMPTY: FunctionParts = { code: [] };
/** Leaves a thousand values on the stack, and takes them. */
const MANY: readonly Counts[] = [
  [0, 1_000],
  [1_000, 0],
  [1_000, 1_000],
];
const MAKE: FunctionParts = { type: 2, code: times(1_000, 0x41, 0) };
const TAKE: FunctionParts = { type: 3, code: [] };

/** A way to make the engine keep much. */
export interface Shape {
  readonly what: string;
  /** Some hundred times more than any compiler writes at this count, and too much for the limit. */
  readonly tooMany: number;
  readonly build: (count: number) => Uint8Array<ArrayBuffer>;
}

/** Each is taken up to some count, and refused from there on. */
export const SHAPES: readonly Shape[] = [
  {
    what: "nested if (finding 5)",
    tooMany: 1_000,
    build: (n) => withLocals(50_000, [times(n, 0x41, 0, 0x04, 0x40), times(n, 0x0b)]),
  },
  {
    what: "nested if and else",
    tooMany: 1_000,
    build: (n) => withLocals(50_000, [times(n, 0x20, 0, 0x04, 0x40, 0x05), times(n, 0x0b)]),
  },
  {
    what: "if after if",
    tooMany: 1_000,
    build: (n) => withLocals(50_000, times(n, 0x20, 0, 0x04, 0x40, 0x0b)),
  },
  {
    what: "blocks with a branch",
    tooMany: 1_000,
    build: (n) => withLocals(50_000, times(n, 0x02, 0x40, 0x20, 0, 0x0d, 0, 0x0b)),
  },
  {
    what: "targets of one br_table",
    tooMany: 1_000,
    build: (n) =>
      withLocals(50_000, [
        times(n, 0x02, 0x40),
        [0x20, 0, 0x0e, leb128(n), Array.from({ length: n }, (_, i) => leb128(i)), 0],
        times(n, 0x0b),
      ]),
  },
  {
    what: "nested loops",
    tooMany: 1_000,
    build: (n) => withLocals(50_000, [times(n, 0x03, 0x40), times(n, 0x0b)]),
  },
  {
    what: "legacy try and catch",
    tooMany: 1_000,
    build: (n) => withLocals(50_000, times(n, 0x06, 0x40, 0x10, 1, 0x07, 0, 0x19, 0x0b), [EMPTY]),
  },
  {
    what: "try_table",
    tooMany: 1_000,
    build: (n) =>
      withLocals(
        50_000,
        [0x02, 0x40, times(n, 0x1f, 0x40, 2, 0, 0, 0, 2, 0, 0x10, 1, 0x0b), 0x0b],
        [EMPTY],
      ),
  },
  {
    what: "vectors as locals",
    tooMany: 1_000,
    build: (n) =>
      codeModule([
        { locals: [[50_000, 0x7b]], code: [times(n, 0x41, 0, 0x04, 0x40), times(n, 0x0b)] },
      ]),
  },
  {
    what: "calls beside references",
    tooMany: 100_000,
    build: (n) => codeModule([{ locals: [[50_000, EXTERNREF]], code: times(n, 0x10, 1) }, EMPTY]),
  },
  {
    what: "values on the stack",
    tooMany: 20_000,
    build: (n) =>
      codeModule(
        [
          { code: [times(20, 0x10, 1), times(n, 0x41, 0, 0x04, 0x40, 0x0b), times(20, 0x10, 2)] },
          MAKE,
          TAKE,
        ],
        MANY,
      ),
  },
  {
    what: "values of blocks",
    tooMany: 5_000,
    build: (n) =>
      codeModule([{ code: [0x10, 1, times(n, 0x02, 4, 0x0b), 0x10, 2] }, MAKE, TAKE], MANY),
  },
  {
    what: "results of unreachable blocks",
    tooMany: 10_000,
    build: (n) => codeModule([{ code: [0x00, times(n, 0x02, 2, 0x00, 0x0b), 0x00] }], MANY),
  },
  {
    what: "values of calls",
    tooMany: 5_000,
    build: (n) => codeModule([{ code: times(n, 0x10, 1, 0x10, 2) }, MAKE, TAKE], MANY),
  },
  {
    what: "values of a return",
    tooMany: 10_000,
    build: (n) =>
      codeModule(
        [
          { code: [0x10, 2, 0x10, 1] },
          TAKE,
          { type: 2, code: [0x10, 3, times(n, 0x41, 0, 0x0d, 0)] },
          MAKE,
        ],
        MANY,
      ),
  },
  {
    what: "br_table in a deep nest",
    tooMany: 20_000,
    build: (n) =>
      codeModule([
        {
          code: [
            times(20_000, 0x02, 0x40),
            times(n, 0x41, 0, 0x04, 0x40, 0x41, 0, 0x0e, 0, 0, 0x0b),
            times(20_000, 0x0b),
          ],
        },
      ]),
  },
  {
    what: "a nest of blocks",
    tooMany: 300_000,
    build: (n) => codeModule([{ code: [times(n, 0x41, 0, 0x04, 0x40), times(n, 0x0b)] }]),
  },
  {
    what: "calls",
    tooMany: 2_000_000,
    build: (n) => codeModule([{ code: times(n, 0x10, 1) }, EMPTY]),
  },
];

/** The greatest count of a shape that is taken. */
export function largestTaken(
  { build, tooMany }: Shape,
  taken: (bytes: Uint8Array) => boolean,
): number {
  let least = 0;
  let above = tooMany;
  while (above - least > 1) {
    const middle = Math.floor((least + above) / 2);
    if (taken(build(middle))) least = middle;
    else above = middle;
  }
  return least;
}
