import { readFileSync } from "node:fs";
import { clampModule, type GrowthCaps } from "../../host/guest/clamp.js";
import { inspectModule } from "../../host/guest/inspect/inspect.js";
import { guest } from "../support/wasm/assemble.js";
import { binary, everySection, MEMORY, moduleOf, section } from "../support/wasm/module-bytes.js";

const CAPS: GrowthCaps = { memoryMaxPages: 4, tableMaxEntries: 20 };
const HOST = { triton_v0: { log: () => 0, counter_add: () => 0 } };

function clamp(bytes: Uint8Array, caps = CAPS): Uint8Array<ArrayBuffer> {
  return clampModule(bytes, inspectModule(bytes), caps);
}

type Grow = (by: number) => number;

function instantiate(bytes: Uint8Array<ArrayBuffer>) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), HOST);
  return exports as Readonly<Record<`grow_${string}`, Grow>> & {
    readonly memory: WebAssembly.Memory;
    readonly functions: WebAssembly.Table;
    readonly declared: () => unknown;
  };
}

/** @returns the maximum sizes of memory and tables */
function maxima(bytes: Uint8Array): { memory: number | undefined; tables: (number | undefined)[] } {
  const { memory, tables } = inspectModule(bytes);
  return { memory: memory.max, tables: tables.map(({ max }) => max) };
}

test("V8 itself stops the growth of memory and tables at the caps", () => {
  const { memory, grow_memory, grow_functions, grow_hosts, grow_more } = instantiate(
    clamp(everySection()),
  );
  expect(grow_memory!(3)).toBe(-1);
  expect(grow_memory!(2)).toBe(2);
  expect(grow_memory!(1)).toBe(-1);
  expect(() => memory.grow(1)).toThrow(RangeError);
  // 4 of 20 are there from the start: one table takes the 4 that it declares, the others share 12.
  expect(grow_hosts!(5)).toBe(-1);
  expect(grow_hosts!(4)).toBe(1);
  expect(grow_functions!(7)).toBe(-1);
  expect(grow_functions!(6)).toBe(3);
  expect(grow_more!(7)).toBe(-1);
  expect(grow_more!(6)).toBe(0);
});

test("all else stays: imports, exports, data, tables, code and names", () => {
  const bytes = everySection();
  const clamped = clamp(bytes);
  const { memory: _, tables: __, sections, ...facts } = inspectModule(clamped);
  expect(inspectModule(bytes)).toMatchObject(facts);
  expect(sections.at(-1)).toMatchObject({ name: "name" });
  const { memory, functions, declared } = instantiate(clamped);
  expect(Buffer.from(memory.buffer, 16, 6).toString()).toBe("active");
  expect(functions.length).toBe(3);
  expect(functions.get(1)).toBeInstanceOf(Function);
  expect(declared()).toBeInstanceOf(Function);
});

test("the error of a trap has the same function names", () => {
  const trapping = guest("(unreachable)");
  const compiled = new WebAssembly.Module(clamp(trapping));
  const host = Object.fromEntries(
    WebAssembly.Module.imports(compiled).map(({ name }) => [name, () => 0]),
  );
  const { exports } = new WebAssembly.Instance(compiled, { triton_v0: host });
  expect(exports.triton_execute).toThrow(
    expect.objectContaining({ stack: expect.stringContaining("execute") }),
  );
});

test("a module with maxima below the caps keeps them, and clamping it again changes nothing", () => {
  const once = clamp(everySection(), { memoryMaxPages: 65_536, tableMaxEntries: 10_000_000 });
  expect(maxima(once)).toEqual({ memory: 10, tables: [4_999_999, 5, 4_999_996] });
  expect(clamp(once, { memoryMaxPages: 65_536, tableMaxEntries: 10_000_000 })).toEqual(once);
});

test("a cap above 32 bits has no effect, and V8 accepts the module", () => {
  const clamped = clamp(moduleOf(MEMORY, "(table 1 funcref)"), {
    memoryMaxPages: 1e9,
    tableMaxEntries: 1e12,
  });
  expect(WebAssembly.validate(clamped)).toBe(true);
  expect(maxima(clamped)).toEqual({ memory: 65_536, tables: [4_294_967_295] });
});

test("the identity model keeps its imports and exports, and only gets a maximum", () => {
  const file = new URL("../../dist/wasm/identity.wasm", import.meta.url);
  const identity = new Uint8Array(readFileSync(file));
  const clamped = new WebAssembly.Module(clamp(identity));
  const original = new WebAssembly.Module(identity);
  expect(WebAssembly.Module.imports(clamped)).toEqual(WebAssembly.Module.imports(original));
  expect(WebAssembly.Module.exports(clamped)).toEqual(WebAssembly.Module.exports(original));
  expect(maxima(clamp(identity)).memory).toBe(4);
});

test("custom sections are removed, except the names", () => {
  const bytes = binary(
    section(0, "dylink.0", 1, 2),
    section(5, 1, 0, 1),
    section(0, "name", 0, 2, "m"),
    section(7, 1, "memory", 2, 0),
    section(0, "sourceMappingURL", "https://example.com"),
  );
  const { sections } = inspectModule(clamp(bytes));
  expect(sections.map(({ id, name }) => name ?? id)).toEqual([5, "name", 7]);
});

test("a table with an initialiser keeps it", () => {
  const bytes = binary(
    section(4, 1, 0x40, 0, 0x70, 0, 5, 0xd0, 0x70, 0x0b),
    section(5, 1, 0, 1),
    section(7, 1, "memory", 2, 0),
  );
  expect(clamp(bytes)).toEqual(
    binary(
      section(4, 1, 0x40, 0, 0x70, 1, 5, 20, 0xd0, 0x70, 0x0b),
      section(5, 1, 1, 1, 4),
      section(7, 1, "memory", 2, 0),
    ),
  );
});

test.each<readonly [wanted: string, cap: number, maxima: readonly number[]]>([
  ["10", 20, [20]],
  ["10 12", 20, [12]],
  ["0;0;0", 20, [6, 7, 7]],
  ["0 1;0;0", 20, [1, 9, 10]],
  ["5 100;5 6", 20, [14, 6]],
  ["5 4294967295;5", 20, [10, 10]],
  ["5 5;5;10 10", 20, [5, 5, 10]],
  ["20", 20, [20]],
  ["1;1", Number.POSITIVE_INFINITY, [4_294_967_295, 4_294_967_295]],
  ["0", 0, [0]],
])(
  "tables with '%s' initial (and maximum) entries share a cap of %d as %j",
  (wanted, cap, expected) => {
    const tables = wanted.split(";").map((limits) => `(table ${limits} funcref)`);
    const bytes = moduleOf(MEMORY, ...tables);
    expect(maxima(clamp(bytes, { ...CAPS, tableMaxEntries: cap })).tables).toEqual(expected);
  },
);

test("a memory that begins above its cap is refused with both sizes and the parameter", () => {
  expect(() => clamp(moduleOf(`(memory (export "memory") 5)`))).toThrow(
    expect.objectContaining({
      code: "ERR_GUEST_LIMIT",
      details: { parameter: "wasm_memory_max_bytes", declared: 327_680, allowed: 262_144 },
      message: expect.stringMatching(
        /^the module begins with a memory of 327680 bytes \(5 pages\), above the 262144 bytes .* wasm_memory_max_bytes/,
      ),
    }),
  );
  expect(maxima(clamp(moduleOf(`(memory (export "memory") 4)`))).memory).toBe(4);
});

test("tables that begin above their cap together are refused with both numbers", () => {
  expect(() => clamp(moduleOf(MEMORY, "(table 11 funcref) (table 10 externref)"))).toThrow(
    expect.objectContaining({
      code: "ERR_GUEST_LIMIT",
      details: { parameter: "wasm_table_max_entries", declared: 21, allowed: 20 },
      message: expect.stringMatching(
        /^the module begins with 21 entries in its tables, above the 20 /,
      ),
    }),
  );
});

test("the names are removed when they are long enough to fill the engine's heap", () => {
  const names = (bytes: number) =>
    binary(moduleOf(MEMORY).subarray(8), section(0, "name", new Uint8Array(bytes)));
  const length = (bytes: number) => clamp(names(bytes)).length;
  expect(length(1_000_000)).toBeGreaterThan(1_000_000);
  expect(length(1_100_000)).toBeLessThan(100);
});
