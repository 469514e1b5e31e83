import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ceilingVariables, DEFAULT_CEILINGS, readCeilings } from "../../host/config/ceilings.js";
import { MODEL_LIMITS } from "../../host/config/model-limits.js";

const folder = mkdtempSync(join(tmpdir(), "limits-"));
const file = join(folder, "limits");
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => rmSync(file, { recursive: true, force: true }));

const MEMORY = "wasm_memory_max_bytes";
const OUTPUT = "wasm_output_max_bytes";

/** The operator's ceilings, of a file with this text and an environment with these variables. */
function ceilings(text: string, environment: Readonly<Record<string, string>> = {}) {
  writeFileSync(file, text);
  return readCeilings(ceilingVariables(environment), file);
}

describe("finding 13: the operator's ceilings", () => {
  test("have their default values when nothing is set, and without a file", () => {
    expect(readCeilings(new Map(), file)).toEqual(DEFAULT_CEILINGS);
    expect(ceilings("")).toEqual(DEFAULT_CEILINGS);
    expect(DEFAULT_CEILINGS.memoryMaxBytes).toBe(MODEL_LIMITS.memoryMaxBytes.ceiling);
  });

  test.each([
    `${MEMORY} = 65536`,
    `${MEMORY}=65536`,
    `${MEMORY} 65536`,
    `\ufeff${MEMORY}\t65536\r\n`,
    `# of the whole cluster\n\n  ${MEMORY} = 65536 # one page\n`,
  ])("come from a line of the file: %j", (text) => {
    expect(ceilings(text)).toEqual({ ...DEFAULT_CEILINGS, memoryMaxBytes: 65_536 });
  });

  test("come from a variable, which overrides the file", () => {
    const text = `${MEMORY} = 65536\n${OUTPUT} = 7\n`;
    expect(ceilings(text, { [MEMORY]: "131072", PATH: "/bin", wasm_failures_max: "" })).toEqual({
      ...DEFAULT_CEILINGS,
      memoryMaxBytes: 131_072,
      outputMaxBytes: 7,
    });
  });

  test.each(Object.values(MODEL_LIMITS))(
    "of $parameter may be anything within its range",
    (limit) => {
      for (const value of [limit.min, limit.max]) {
        expect(Object.values(ceilings("", { [limit.parameter]: String(value) }))).toContain(value);
      }
      for (const value of [limit.min - 1, limit.max + 1]) {
        expect(() => ceilings(`${limit.parameter} ${value}`)).toThrow(
          `line 1: ${limit.parameter} is '${value}': it must be a whole number from ${limit.min} to ${limit.max}`,
        );
      }
    },
  );
});

describe("finding 13: an invalid ceiling is refused, and the error names its place", () => {
  const refusal = (message: string) =>
    expect.objectContaining({ code: "ERR_ENVIRONMENT", message });

  test.each([
    [`${OUTPUT} 7\n\n${MEMORY} = 1GiB`, `line 3: ${MEMORY} is '1GiB': it must be a whole number`],
    [`${MEMORY} =`, `line 1: ${MEMORY} is '': it must be a whole number`],
    [`${MEMORY}`, `line 1: '${MEMORY}' is not a name and a value`],
    ["= 5", "line 1: '= 5' is not a name and a value"],
    ["wasm_memory_max 65536", `line 1: unknown limit 'wasm_memory_max', did you mean ${MEMORY}?`],
    ["wasm_env.HOME = /", "line 1: unknown limit 'wasm_env.HOME'"],
    [`${MEMORY} 65536\n${MEMORY} 65537`, `line 2: ${MEMORY} is set twice`],
  ])("a file with %j", (text, words) => {
    expect(() => ceilings(text)).toThrow(
      refusal(expect.stringContaining(`the operator's limits, ${file}, ${words}`) as string),
    );
  });

  test.each([
    [{ [MEMORY]: "-1" }, `${MEMORY}: ${MEMORY} is '-1': it must be`],
    [
      { wasm_memory_max: "65536" },
      `wasm_memory_max: unknown limit 'wasm_memory_max', did you mean ${MEMORY}?`,
    ],
    [{ WASM_MEMORY_MAX_BYTES: "65536" }, "WASM_MEMORY_MAX_BYTES: unknown limit"],
  ])("an environment with %j", (environment, words) => {
    expect(() => ceilings("", environment)).toThrow(
      refusal(
        expect.stringContaining(`the operator's limits, environment variable ${words}`) as string,
      ),
    );
  });

  test("an unreadable file is refused", () => {
    mkdirSync(file);
    expect(() => readCeilings(new Map(), file)).toThrow(
      refusal(
        expect.stringMatching(
          /^the operator's file \S+ cannot be read: it is not a regular file/,
        ) as string,
      ),
    );
  });
});

test("other variables are ignored", () => {
  const others = { WASM_LOG: "1", WASMTIME_HOME: "/", HOME: "/", wasmer: "1" };
  expect(ceilingVariables(others).size).toBe(0);
});
