import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Core } from "../../../host/shm/core.js";
import { projectFolder } from "../paths.js";

/** Exports of assembly/core/parent.ts: the core, and what only the server's half of a region does. */
export interface ParentCore extends Core {
  getLimit(): number;
  heapFormat(size: number): void;
  heapAllocateAligned(bytes: number, alignment: number): number;
  heapDeallocate(offset: number): void;
  heapFreeMemory(): number;
  heapSize(): number;
  heapAllocatedBytes(): number;
  heapFindOrConstructNamed(nameLength: number, valueBytes: number, valueAlignment: number): number;
}

export const parentCoreModule = new WebAssembly.Module(
  readFileSync(join(projectFolder(), "dist/wasm/core.parent.wasm")),
);

/** The whole of a core that was made of {@link parentCoreModule}. */
export function parentCore(core: Core): ParentCore {
  return core as ParentCore;
}
