/**
 * Writes dumps of segments after random operations by the core, for scripts/heapcheck.sh.
 * Usage: node test/core/write-dump.mjs FOLDER COUNT [FIRST_SEED]
 * Every second dump starts from a segment that Boost made, the others from one that the core formatted.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../../dist/js/test/support/random.js";

const [folder, count, firstSeed = "1"] = process.argv.slice(2);
if (folder === undefined || count === undefined) {
  console.error("usage: node test/core/write-dump.mjs FOLDER COUNT [FIRST_SEED]");
  process.exit(2);
}
const read = (path) => readFileSync(new URL(path, import.meta.url));
const compiled = new WebAssembly.Module(read("../../dist/wasm/core.parent.wasm"));
const golden = JSON.parse(read("../../facts/heap-traces.json"))
  .sequences.flatMap(({ segment_base64 }) => segment_base64 ?? [])
  .map((text) => Buffer.from(text, "base64"));

for (let index = 0; index < Number(count); index++) {
  const seed = Number(firstSeed) + index;
  writeFileSync(join(folder, `${String(seed).padStart(6, "0")}.dump`), dumpOf(seed));
}

function dumpOf(seed) {
  const generator = new Random(seed);
  const random = (below) => generator.below(below);
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536, shared: true });
  let name = Buffer.alloc(0);
  const fail = (code, at) => {
    throw new Error(`core failure ${code} at ${at >>> 0} with seed ${seed}`);
  };
  const imports = { env: { memory }, host: { fail, nameByte: (index) => name[index] } };
  const core = new WebAssembly.Instance(compiled, imports).exports;
  const bytes = new Uint8Array(memory.buffer);
  const start = seed % 2 === 0 ? golden[(seed / 2) % golden.length] : undefined;
  let size = start?.length ?? 2048 + random(60_000);
  core.setLimit(size);
  if (start === undefined) core.heapFormat(size);
  else bytes.set(start);

  const held = [];
  const take = (offset, length) => {
    if (offset === 0) return;
    bytes.fill(0xa5, offset, offset + length);
    held.push(offset);
  };
  for (let left = random(1500); left > 0; left--) {
    const length = random(4) === 0 ? random(4000) : random(200);
    const kind = random(100);
    if (kind < 30) take(core.heapAllocate(length), length);
    else if (kind < 50) take(core.heapAllocateAligned(length, 32), length);
    else if (kind < 97) {
      if (held.length > 0) core.heapDeallocate(held.splice(random(held.length), 1)[0]);
    } else if (kind < 99) {
      name = Buffer.from(`name${random(40)}`.repeat(1 + random(2)));
      core.heapFindOrConstructNamed(name.length, random(100), 8);
    } else {
      const extra = 64 + random(2000);
      size += extra;
      core.setLimit(size);
      core.heapGrow(extra);
    }
  }
  return bytes.slice(0, size);
}
