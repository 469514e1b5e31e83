import { inspectModule } from "../../../host/guest/inspect/inspect.js";
import {
  CONSTANT_EXPRESSION_MAX_BYTES,
  FUNCTION_MAX_BYTES,
  MODULE_MAX_CUSTOM_SECTIONS,
  MODULE_MAX_DATA_SEGMENTS,
  MODULE_MAX_ELEMENT_SEGMENTS,
  MODULE_MAX_ELEMENTS,
  MODULE_MAX_EXPORTS,
  MODULE_MAX_FUNCTIONS,
  MODULE_MAX_GLOBALS,
  MODULE_MAX_IMPORTS,
  MODULE_MAX_TABLES,
  MODULE_MAX_TAGS,
  MODULE_MAX_TYPE_VALUES,
  MODULE_MAX_TYPES,
  MODULE_NAME_MAX_BYTES,
  TAG_MAX_VALUES,
  TYPE_MAX_VALUES,
} from "../../../host/limits.js";
import { type Bytes, binary, leb128, section, times } from "../../support/wasm/module-bytes.js";

/** One page, exported. */
const MEMORY_SECTIONS = [section(5, 1, 0, 1), section(7, 1, "memory", 2, 0)] as const;
const EMPTY_TYPE = [0x60, 0, 0] as const;

function counted(count: number, entry: Bytes): Bytes {
  return [leb128(count), times(count, entry)];
}

test.each<
  readonly [what: string, limit: number, build: (count: number) => Uint8Array<ArrayBuffer>]
>([
  [
    "types",
    MODULE_MAX_TYPES,
    (n) => binary(section(1, counted(n, EMPTY_TYPE)), ...MEMORY_SECTIONS),
  ],
  [
    "parameters",
    TYPE_MAX_VALUES,
    (n) => binary(section(1, 1, 0x60, counted(n, 0x7f), 0), ...MEMORY_SECTIONS),
  ],
  [
    "results",
    TYPE_MAX_VALUES,
    (n) => binary(section(1, 1, 0x60, 0, counted(n, 0x7f)), ...MEMORY_SECTIONS),
  ],
  [
    "parameters and results of types",
    MODULE_MAX_TYPE_VALUES,
    (n) =>
      binary(
        section(
          1,
          leb128(Math.floor(n / 1_000) + 1),
          times(Math.floor(n / 1_000), 0x60, 0, counted(1_000, 0x7f)),
          [0x60, 0, counted(n % 1_000, 0x7f)],
        ),
        ...MEMORY_SECTIONS,
      ),
  ],
  [
    "imports",
    MODULE_MAX_IMPORTS,
    (n) =>
      binary(
        section(1, 1, EMPTY_TYPE),
        section(2, counted(n, ["m", "n", 0, 0])),
        ...MEMORY_SECTIONS,
      ),
  ],
  [
    "functions",
    MODULE_MAX_FUNCTIONS,
    (n) =>
      binary(
        section(1, 1, EMPTY_TYPE),
        section(3, counted(n, 0)),
        ...MEMORY_SECTIONS,
        section(10, counted(n, [2, 0, 0x0b])),
      ),
  ],
  [
    "bytes in a function body",
    FUNCTION_MAX_BYTES,
    (n) =>
      binary(
        section(1, 1, EMPTY_TYPE),
        section(3, 1, 0),
        ...MEMORY_SECTIONS,
        section(10, 1, leb128(n), 0, times(n - 2, 1), 0x0b),
      ),
  ],
  [
    "tables",
    MODULE_MAX_TABLES,
    (n) => binary(section(4, counted(n, [0x70, 0, 0])), ...MEMORY_SECTIONS),
  ],
  [
    "tags",
    MODULE_MAX_TAGS,
    (n) =>
      binary(
        section(1, 1, EMPTY_TYPE),
        MEMORY_SECTIONS[0],
        section(13, counted(n, [0, 0])),
        MEMORY_SECTIONS[1],
      ),
  ],
  [
    "values of an exception tag",
    TAG_MAX_VALUES,
    (n) =>
      binary(
        section(1, 1, 0x60, counted(n, 0x7b), 0),
        MEMORY_SECTIONS[0],
        section(13, 1, [0, 0]),
        MEMORY_SECTIONS[1],
      ),
  ],
  [
    "globals",
    MODULE_MAX_GLOBALS,
    (n) =>
      binary(
        MEMORY_SECTIONS[0],
        section(6, counted(n, [0x7f, 0, 0x41, 0, 0x0b])),
        MEMORY_SECTIONS[1],
      ),
  ],
  [
    "exports",
    MODULE_MAX_EXPORTS,
    (n) =>
      binary(
        MEMORY_SECTIONS[0],
        section(
          7,
          leb128(n),
          ["memory", 2, 0],
          Array.from({ length: n - 1 }, (_, i) => [String(i), 2, 0]),
        ),
      ),
  ],
  [
    "element segments",
    MODULE_MAX_ELEMENT_SEGMENTS,
    (n) => binary(...MEMORY_SECTIONS, section(9, counted(n, [1, 0, 0]))),
  ],
  [
    "elements",
    MODULE_MAX_ELEMENTS,
    (n) =>
      binary(
        section(1, 1, EMPTY_TYPE),
        section(3, 1, 0),
        ...MEMORY_SECTIONS,
        section(9, 2, [1, 0, counted(n - 5, 0)], [1, 0, counted(5, 0)]),
        section(10, 1, 2, 0, 0x0b),
      ),
  ],
  [
    "data segments",
    MODULE_MAX_DATA_SEGMENTS,
    (n) => binary(...MEMORY_SECTIONS, section(12, leb128(n)), section(11, counted(n, [1, 0]))),
  ],
  [
    "custom sections",
    MODULE_MAX_CUSTOM_SECTIONS,
    (n) => binary(...MEMORY_SECTIONS, times(n, section(0, ""))),
  ],
  [
    "bytes in the name of an export",
    MODULE_NAME_MAX_BYTES,
    (n) => binary(MEMORY_SECTIONS[0], section(7, 2, ["memory", 2, 0], ["n".repeat(n), 2, 0])),
  ],
])("%s: the limit of %d is taken, by V8 as well, one more refused", (what, limit, build) => {
  expect(inspectModule(build(limit))).toMatchObject({ memory: { min: 1 } });
  expect(WebAssembly.validate(build(limit))).toBe(true);
  expect(() => inspectModule(build(limit + 1))).toThrow(
    expect.objectContaining({
      code: "ERR_MODEL_INVALID",
      details: expect.objectContaining({ what, limit, actual: limit + 1 }),
      message: expect.stringMatching(`^the module has ${limit + 1} ${what} at byte \\d+ `),
    }),
  );
});

test("a constant expression of the maximum size is accepted; one byte more is refused", () => {
  const build = (bytes: number) =>
    binary(
      MEMORY_SECTIONS[0],
      section(6, 1, 0x7e, 0, 0x42, 0, sums(bytes - 3), 0x0b),
      MEMORY_SECTIONS[1],
    );
  const limit = CONSTANT_EXPRESSION_MAX_BYTES;
  expect(inspectModule(build(limit))).toMatchObject({ globalCount: 1 });
  expect(() => inspectModule(build(limit + 1))).toThrow(
    `the module has ${limit + 1} bytes or more in a constant expression at byte 19 (global section)`,
  );
});

/** Code of this number of bytes that adds zeros. */
function sums(bytes: number): Bytes {
  const surplus = bytes % 3;
  const first = [0x42, times(surplus, 0x80), 0, 0x7c];
  return [first, times(Math.floor(bytes / 3) - 1, 0x42, 0, 0x7c)];
}
