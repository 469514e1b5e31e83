import type { ModuleCaps } from "./module.js";

/** Size of a page of WebAssembly memory. */
const PAGE_BYTES = 65_536;

/** Converts the limits of a model to the caps of its module. */
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
