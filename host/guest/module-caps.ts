import { PAGE_BYTES } from "./clamp.js";
import type { ModuleCaps } from "./module.js";

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
