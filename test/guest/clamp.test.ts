import { clampModule, type GrowthCaps } from "../../host/guest/clamp.js";
import { inspectModule } from "../../host/guest/inspect/inspect.js";
import { everySection } from "./inspect/modules.js";

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
  };
}

test("memory and tables stop to grow at the caps, by V8's own hand", () => {
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
