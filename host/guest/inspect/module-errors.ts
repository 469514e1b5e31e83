import { StubError } from "../../errors.js";

/** Where in the file something stands. */
export interface Place {
  readonly offset: number;
  /** As in "type section". */
  readonly section: string;
}

/** The bytes are no module: `problem` is a clause that says why. */
export function malformed({ offset, section }: Place, problem: string): StubError {
  return new StubError(
    "ERR_MODEL_INVALID",
    `the module is malformed at byte ${offset} (${section}): ${problem}; ` +
      "compile the model again, or copy its file again without loss",
    { offset, section, problem },
  );
}

/** The module uses what this backend does not take; `advice` is a clause that says how to do without. */
export function refusedFeature(
  { offset, section }: Place,
  feature: string,
  advice: string,
): StubError {
  return new StubError(
    "ERR_MODEL_INVALID",
    `the module has ${feature} at byte ${offset} (${section}), which this backend refuses: ${advice}`,
    { offset, section, feature },
  );
}

/** The module has more of `what` than this backend takes. */
export function aboveLimit(
  { offset, section }: Place,
  what: string,
  actual: number,
  limit: number,
): StubError {
  return new StubError(
    "ERR_MODEL_INVALID",
    `the module has ${actual} ${what} at byte ${offset} (${section}), above the limit of ${limit}: ` +
      "build it smaller, for example without exporting everything, or optimised for size",
    { offset, section, what, actual, limit },
  );
}

/** A function that takes more memory to compile than this backend gives. @param actual bytes, estimated, up to `place` */
export function tooCostly(
  { offset, section }: Place,
  index: number,
  actual: number,
  limit: number,
): StubError {
  return new StubError(
    "ERR_MODEL_INVALID",
    `function ${index} of the module takes an estimated ${actual} bytes of memory or more to compile (up to byte ${offset}, ${section}), ` +
      `above the limit of ${limit}: split it, or build it with fewer locals, blocks, calls or values on the stack (optimised for size)`,
    { offset, section, what: "bytes to compile a function", function: index, actual, limit },
  );
}
