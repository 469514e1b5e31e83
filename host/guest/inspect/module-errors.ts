import { StubError } from "../../errors.js";

/** A place in the file. */
export interface Place {
  readonly offset: number;
  /** Name of the section, such as "type section". */
  readonly section: string;
}

/**
 * The error for bytes that are not a valid module.
 * @param problem a clause that says what is wrong
 */
export function malformed({ offset, section }: Place, problem: string): StubError {
  return new StubError(
    "ERR_MODEL_INVALID",
    `the module is malformed at byte ${offset} (${section}): ${problem}; ` +
      "recompile the model, or copy the file again: it may be truncated or corrupted",
    { offset, section, problem },
  );
}

/**
 * The error for a module with a feature that this backend does not accept.
 * @param advice a clause that says how to build without the feature
 */
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

/** The error for a module that has more of `what` than this backend accepts. */
export function aboveLimit(
  { offset, section }: Place,
  what: string,
  actual: number,
  limit: number,
): StubError {
  return new StubError(
    "ERR_MODEL_INVALID",
    `the module has ${actual} ${what} at byte ${offset} (${section}), above the limit of ${limit}: ` +
      "make it smaller, for example export fewer functions or optimise for size",
    { offset, section, what, actual, limit },
  );
}

/**
 * The error for a function that needs more memory to compile than this backend allows.
 * @param actual estimated bytes, up to the place
 */
export function tooCostly(
  { offset, section }: Place,
  index: number,
  actual: number,
  limit: number,
): StubError {
  return new StubError(
    "ERR_MODEL_INVALID",
    `function ${index} of the module needs at least ${actual} bytes of memory to compile (estimated up to byte ${offset}, ${section}), ` +
      `above the limit of ${limit}: split it, or build it with fewer locals, blocks, calls or values on the stack (optimised for size)`,
    { offset, section, what: "bytes to compile a function", function: index, actual, limit },
  );
}

/**
 * The error for a module whose functions together need more memory to compile than this backend allows.
 * @param actual estimated bytes, up to the place
 */
export function tooCostlyTogether(
  { offset, section }: Place,
  actual: number,
  limit: number,
): StubError {
  return new StubError(
    "ERR_MODEL_INVALID",
    `the functions of the module need at least ${actual} bytes of memory to compile (estimated up to byte ${offset}, ${section}), ` +
      `above the limit of ${limit}: make the module smaller, for example optimise for size`,
    { offset, section, what: "bytes to compile all functions", actual, limit },
  );
}
