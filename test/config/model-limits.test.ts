import { MODEL_LIMITS, parseSandboxConfig } from "../../host/config/model-limits.js";

const parse = (parameters: Readonly<Record<string, string>>) =>
  parseSandboxConfig(new Map(Object.entries(parameters)));

const LIMITS = Object.entries(MODEL_LIMITS) as [
  keyof typeof MODEL_LIMITS,
  (typeof MODEL_LIMITS)[keyof typeof MODEL_LIMITS],
][];

test("without parameters every limit has its default, within its range", () => {
  const { limits, environment } = parse({});
  for (const [key, { min, max, default: standard }] of LIMITS) {
    expect(limits[key]).toBe(standard);
    expect(standard).toBeGreaterThanOrEqual(min);
    expect(standard).toBeLessThanOrEqual(max);
  }
  expect(environment).toEqual({});
});

describe.each(LIMITS)("%s", (key, { parameter, min, max }) => {
  test.each([min, min + 1, max - 1, max])("may be %d", (value) => {
    expect(parse({ [parameter]: String(value) }).limits[key]).toBe(value);
  });

  test.each([
    String(min - 1),
    String(max + 1),
    "",
    "-1",
    "1.5",
    "1e30",
    "0x10",
    " 5",
    "5 ",
    "5ms",
    "lots",
    "NaN",
    "Infinity",
    "٣",
    "9".repeat(1_000),
  ])("may not be '%s', and the error tells parameter, value and range", (value) => {
    expect(() => parse({ [parameter]: value })).toThrow(
      expect.objectContaining({
        code: "ERR_CONFIG_FIELD",
        message: `model parameter ${parameter} is '${value}': it must be a whole number from ${min} to ${max}`,
      }),
    );
  });
});

test("a parameter that begins as ours and is none is refused, with those that exist", () => {
  expect(() => parse({ wasm_memory_max_byte: "1" })).toThrow(
    /parameter wasm_memory_max_byte does not exist: .* are wasm_memory_max_bytes, .*wasm_env\.<NAME>/,
  );
});

test("other parameters are the model's own", () => {
  expect(parse({ memory_max_bytes: "1", WASM_X: "y", constructor: "z" }).limits).toEqual(
    parse({}).limits,
  );
});

test("the environment is what the parameters list", () => {
  expect(parse({ "wasm_env.HOME": "/x=y", "wasm_env.EMPTY": "" }).environment).toEqual({
    HOME: "/x=y",
    EMPTY: "",
  });
  for (const name of ["wasm_env.", "wasm_env.A=B"]) {
    expect(() => parse({ [name]: "1" })).toThrow(`'${name}' names no environment variable`);
  }
});
