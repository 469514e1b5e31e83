import type { ModuleCaps } from "./module.js";

/** Of WebAssembly's memories. */
const PAGE_BYTES = 65_536;

/** What a model's limits mean for its module. */
export function moduleCaps(limits: {
  readonly memoryMaxBytes: number;
  readonly tableMaxEntries: number;
  readonly moduleMaxBytes: number;
}): ModuleCaps {
  const { memoryMaxBytes, tableMaxEntries, moduleMaxBytes } = limits;
  return {
    memoryMaxPages: Math.floor(memoryMaxBytes / PAGE_BYTES),
    tableMaxEntries,
    moduleMaxBytes,
  };
}
