import type { Cursor } from "../cursor.js";
import type { ModuleDraft } from "../module-draft.js";
import { readExports } from "./exports.js";
import { readCode, readFunctions, readStart } from "./functions.js";
import { readGlobals, readTags } from "./globals.js";
import { readImports } from "./imports.js";
import { readMemories } from "./memories.js";
import { readData, readDataCount, readElements } from "./segments.js";
import { readTables } from "./tables.js";
import { readTypes } from "./types.js";

/** Id of the custom sections, which any tool may add at any place. */
export const CUSTOM_SECTION = 0;

/** Ids of the sections that clamp.ts rewrites, or finds its place by. */
export const FUNCTION_SECTION = 3;
export const TABLE_SECTION = 4;
export const MEMORY_SECTION = 5;
export const CODE_SECTION = 10;

/** A section that the standard defines. */
export interface Section {
  readonly id: number;
  readonly name: string;
  readonly read: (cursor: Cursor, draft: ModuleDraft) => void;
}

/** All sections in the only order that is allowed. Each may appear at most once. */
export const SECTIONS: readonly Section[] = [
  { id: 1, name: "type section", read: readTypes },
  { id: 2, name: "import section", read: readImports },
  { id: FUNCTION_SECTION, name: "function section", read: readFunctions },
  { id: TABLE_SECTION, name: "table section", read: readTables },
  { id: MEMORY_SECTION, name: "memory section", read: readMemories },
  { id: 13, name: "tag section", read: readTags },
  { id: 6, name: "global section", read: readGlobals },
  { id: 7, name: "export section", read: readExports },
  { id: 8, name: "start section", read: readStart },
  { id: 9, name: "element section", read: readElements },
  { id: 12, name: "data count section", read: readDataCount },
  { id: 10, name: "code section", read: readCode },
  { id: 11, name: "data section", read: readData },
];
