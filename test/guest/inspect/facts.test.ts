import { readFileSync } from "node:fs";
import { inspectModule } from "../../../host/guest/inspect/inspect.js";
import { guest } from "../../support/wasm/assemble.js";
import { engineFacts, factsToCompare } from "../../support/wasm/engine-facts.js";
import { everySection, MEMORY, moduleOf } from "../../support/wasm/module-bytes.js";

function built(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../../dist/wasm/${name}.wasm`, import.meta.url)));
}

test.each([
  ["identity", built("identity")],
  ["a guest of all host functions", guest("(i32.const 0)")],
  ["a module of every section", everySection()],
  ["a memory alone", moduleOf(MEMORY)],
  ["a memory without pages", moduleOf(`(memory (export "memory") 0 0)`)],
])("imports, exports, types and limits of %s are those that V8 reads", (_what, bytes) => {
  expect(factsToCompare(inspectModule(bytes))).toEqual(engineFacts(bytes));
});

test("the counts that V8 does not report are correct", () => {
  const bytes = everySection();
  const facts = inspectModule(bytes);
  expect(facts).toMatchObject({
    types: expect.arrayContaining(["iii->i", "iF->i", "->", "iI->", "iIfFvrr->Ir", "i->i"]),
    memory: { min: 2, max: 10 },
    tables: [
      { element: "funcref", min: 3 },
      { element: "externref", min: 1, max: 5 },
      { element: "funcref", min: 0 },
    ],
    globalCount: 5,
    tagCount: 1,
    startFunction: 2,
    dataSegmentCount: 2,
    elementSegmentCount: 3,
    functionCount: 7,
  });
  expect(facts.tables[0]).not.toHaveProperty("max");
  const { start, end } = facts.memory.span;
  expect([...bytes.subarray(start, end)]).toEqual([1, 2, 10]);
});

test("sections follow one another without a gap, and code is measured", () => {
  const bytes = everySection();
  const { sections, codeBytes, largestBodyBytes } = inspectModule(bytes);
  expect(sections.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11, 0]);
  expect(sections.map(({ start }) => start)).toEqual([
    8,
    ...sections.slice(0, -1).map(({ end }) => end),
  ]);
  expect(sections.at(-1)).toMatchObject({ name: "name", end: bytes.length });
  const code = sections.find(({ id }) => id === 10)!;
  expect(codeBytes).toBe(code.end - code.contents);
  expect(largestBodyBytes).toBeGreaterThan(9);
  expect(largestBodyBytes).toBeLessThan(codeBytes);
});

test("a module without a start function has none", () => {
  expect(inspectModule(moduleOf(MEMORY))).not.toHaveProperty("startFunction");
});

test("a view into a larger buffer is read, not the buffer", () => {
  const bytes = moduleOf(MEMORY);
  const buffer = new Uint8Array(bytes.length + 7);
  buffer.set(bytes, 3);
  expect(inspectModule(buffer.subarray(3, 3 + bytes.length))).toEqual(inspectModule(bytes));
});
