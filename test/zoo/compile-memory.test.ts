import { beforeAll, describe, expect, test } from "@jest/globals";
import { FUNCTION_MAX_COMPILE_BYTES } from "../../host/limits.js";
import { outputOf } from "../support/engine.js";
import { SHAPES } from "../support/wasm/code-shapes.js";

describe("finding 5: the memory to compile a function is limited", () => {
  let results: readonly {
    what: string;
    count: number;
    estimate: number;
    validated: number;
    called: number;
    next: { taken: boolean; message: string; details: object };
  }[];

  beforeAll(() => {
    const lines = outputOf("zoo/compile-memory.js", "--liftoff-only").trim().split("\n");
    results = lines.map((line) => JSON.parse(line));
  });

  test.each(SHAPES.map(({ what }) => what))("%s", (what) => {
    const { count, estimate, validated, called, next } = results.find((one) => one.what === what)!;
    expect(count).toBeGreaterThan(0);
    expect(estimate).toBeLessThanOrEqual(FUNCTION_MAX_COMPILE_BYTES);
    expect(estimate).toBeGreaterThan(0.9 * FUNCTION_MAX_COMPILE_BYTES);
    // What is measured of a process has some MiB of something else in it.
    expect(validated).toBeLessThan(1.1 * FUNCTION_MAX_COMPILE_BYTES);
    expect(called).toBeLessThan(1.1 * FUNCTION_MAX_COMPILE_BYTES);
    expect(next).toMatchObject({
      taken: false,
      details: {
        what: "bytes to compile a function",
        function: what === "values of a return" ? 2 : 0,
        limit: FUNCTION_MAX_COMPILE_BYTES,
        actual: expect.any(Number),
        offset: expect.any(Number),
        section: "code section",
      },
    });
    expect(next.message).toMatch(
      /^function \d of the module needs at least \d+ bytes of memory to compile \(estimated up to byte \d+, code section\), above the limit of \d+: split it, /,
    );
  });
});
