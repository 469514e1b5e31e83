import { type Ceilings, DEFAULT_CEILINGS } from "../../host/config/ceilings.js";
import { MODEL_LIMITS, parseSandboxConfig } from "../../host/config/model-limits.js";

const HIGHEST = Object.fromEntries(
  Object.entries(MODEL_LIMITS).map(([key, { max }]) => [key, max]),
) as Ceilings;

const parse = (
  parameters: Readonly<Record<string, string>>,
  ceilings: Ceilings = DEFAULT_CEILINGS,
) => parseSandboxConfig(new Map(Object.entries(parameters)), ceilings);

const LIMITS = Object.entries(MODEL_LIMITS) as [
  keyof typeof MODEL_LIMITS,
  (typeof MODEL_LIMITS)[keyof typeof MODEL_LIMITS],
][];

test("without parameters every limit has its default, within its range", () => {
  const { limits, environment } = parse({});
  for (const [key, { min, max, ceiling, default: standard }] of LIMITS) {
    expect(limits[key]).toBe(standard);
    expect(standard).toBeGreaterThanOrEqual(min);
    expect(standard).toBeLessThanOrEqual(ceiling);
    expect(ceiling).toBeLessThanOrEqual(max);
  }
  expect(environment).toEqual({});
});

describe.each(LIMITS)("%s", (key, { parameter, min, max, ceiling, default: standard }) => {
  test.each([min, min + 1, max - 1, max])("may be %d if the operator allows it", (value) => {
    expect(parse({ [parameter]: String(value) }, HIGHEST).limits[key]).toBe(value);
  });

  test("finding 13: may be at most its ceiling, and the error names the value, the ceiling and a remedy", () => {
    expect(parse({ [parameter]: String(ceiling) }).limits[key]).toBe(ceiling);
    expect(() => parse({ [parameter]: String(ceiling + 1) })).toThrow(
      expect.objectContaining({
        code: "ERR_CONFIG_FIELD",
        message: expect.stringMatching(
          `^model parameter ${parameter} is '${ceiling + 1}': .* at most ${ceiling}\\. .*raise ${parameter} in the server's environment or in the file 'limits'`,
        ),
      }),
    );
  });

  test("finding 13: a lower ceiling lowers the default; a higher one does not raise it", () => {
    expect(parse({}, { ...DEFAULT_CEILINGS, [key]: min }).limits[key]).toBe(min);
    expect(parse({}, { ...DEFAULT_CEILINGS, [key]: max }).limits[key]).toBe(standard);
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
    "9".repeat(200),
  ])("may not be '%s', and the error names the parameter, the value and the range", (value) => {
    expect(() => parse({ [parameter]: value })).toThrow(
      expect.objectContaining({
        code: "ERR_CONFIG_FIELD",
        message: `model parameter ${parameter} is '${value}': it must be a whole number from ${min} to ${max}`,
      }),
    );
  });
});

test.each([
  ["wasm_memory_max_byte", "wasm_memory_max_bytes"],
  ["WASM_Memory_Max_Bytes", "wasm_memory_max_bytes"],
  ["WASM_LOG_MAX_LINE_PER_SECOND", "wasm_log_max_lines_per_second"],
  ["wasm_table_max_entires", "wasm_table_max_entries"],
  ["Wasm_env.X", "wasm_env.X"],
  ["wasm_Env.Path", "wasm_env.Path"],
])("finding 13: '%s' is refused, and the error names '%s' and all that exist", (name, meant) => {
  expect(() => parse({ [name]: "1" })).toThrow(
    expect.objectContaining({
      code: "ERR_CONFIG_FIELD",
      details: { field: name },
      message: expect.stringMatching(
        `^model parameter ${name} does not exist, did you mean ${meant}\\? .* are wasm_memory_max_bytes, .*wasm_env\\.<NAME>`,
      ),
    }),
  );
});

test("a long name is compared quickly", () => {
  expect(() => parse({ [`wasm_${"x".repeat(1_000_000)}`]: "1" })).toThrow("did you mean wasm_");
});

test("other parameters are ignored", () => {
  expect(parse({ memory_max_bytes: "1", WASMX: "y", constructor: "z" }).limits).toEqual(
    parse({}).limits,
  );
});

test("the parameters define the environment", () => {
  expect(parse({ "wasm_env.HOME": "/x=y", "wasm_env.EMPTY": "" }).environment).toEqual({
    HOME: "/x=y",
    EMPTY: "",
  });
  for (const name of ["wasm_env.", "wasm_env.A=B"]) {
    expect(() => parse({ [name]: "1" })).toThrow(`'${name}' does not name an environment variable`);
  }
});
