import { readFileSync } from "node:fs";
import { TestCore } from "../support/region/core-instance.js";
import { parentCoreModule } from "../support/region/parent-core.js";

const file = readFileSync(new URL("../../dist/wasm/core.wasm", import.meta.url));
const text = readFileSync(new URL("../../dist/wasm/core.wat", import.meta.url), "utf8");
const compiled = new WebAssembly.Module(file);

const SECTIONS = { table: 4, memory: 5, start: 8, element: 9, data: 11, dataCount: 12 };

/** Ids of the sections: a byte for the id, then the size in LEB128, then the content. */
function sectionIds(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  let at = 8;
  while (at < bytes.length) {
    ids.push(bytes[at++] as number);
    let size = 0;
    let shift = 0;
    let part = 0x80;
    for (; (part & 0x80) !== 0; shift += 7) {
      part = bytes[at++] as number;
      size += (part & 0x7f) * 2 ** shift;
    }
    at += size;
  }
  return ids;
}

test("the core imports the region's memory and two functions, nothing else", () => {
  const imports = WebAssembly.Module.imports(compiled);
  expect(imports.map(({ module, name, kind }) => `${kind} ${module}.${name}`).sort()).toEqual([
    "function host.fail",
    "function host.nameByte",
    "memory env.memory",
  ]);
  expect(text).toMatch(/\(import "env" "memory" \(memory \$0 \d+ 65536 shared\)\)/);
});

/** What a module exports, in the order of names. */
function exportsOf(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module)
    .map(({ kind, name }) => `${kind} ${name}`)
    .sort();
}

const OF_THE_PRODUCT = [
  "function commit",
  "function copyBytes",
  "function heapAllocate",
  "function heapDrop",
  "function heapFindNamed",
  "function heapGrow",
  "function heapHold",
  "function heapLetGo",
  "function heapLoad",
  "function putWord",
  "function setLimit",
  "function setUndoLog",
  "function zeroBytes",
];

test("finding F15: the core exports the functions that the product calls, and no memory, table or global", () => {
  expect(exportsOf(compiled)).toEqual(OF_THE_PRODUCT);
});

test("the core for tests also exports the functions of the server's side", () => {
  expect(exportsOf(parentCoreModule)).toEqual(
    [
      ...OF_THE_PRODUCT,
      "function getLimit",
      "function heapAllocateAligned",
      "function heapAllocatedBytes",
      "function heapDeallocate",
      "function heapFindOrConstructNamed",
      "function heapFormat",
      "function heapFreeMemory",
      "function heapSize",
    ].sort(),
  );
});

test.each(Object.entries(SECTIONS))("the core has no %s section", (_name, id) => {
  expect(sectionIds(file)).not.toContain(id);
});

test("the core does not contain AssemblyScript's runtime: no data, no heap, no stack pointer", () => {
  for (const trace of ["(data", "(start", "~lib/rt", "__heap_base", "__new", "stack_pointer"]) {
    expect(text).not.toContain(trace);
  }
});

test("a new instance leaves every byte of the region as it was", () => {
  const first = TestCore.formatted(4096);
  first.bytes().fill(0xa5, 2048);
  const before = first.bytes().slice();
  new TestCore(4096, 0, first.memory);
  expect(Buffer.compare(first.bytes(), before)).toBe(0);
});

test("two instances over one memory work on the same heap", () => {
  const first = TestCore.formatted(4096);
  const second = new TestCore(4096, 0, first.memory);
  const offset = first.core.heapAllocate(100);
  expect(second.core.heapAllocate(100)).toBe(offset + 112);
  second.core.heapDeallocate(offset);
  expect(first.core.heapAllocate(100)).toBe(offset);
});
