import { MODULE_MAX_TABLES } from "../../../limits.js";
import { skipConstantExpression } from "../constant-expression.js";
import type { Cursor } from "../cursor.js";
import type { ModuleDraft } from "../module-draft.js";
import { malformed } from "../module-errors.js";
import { readReferenceType } from "../value-type.js";
import { readSizeRange } from "./size-range.js";

const WITH_INITIALISER = 0x40;

/** Reads the tables of functions or of host references. */
export function readTables(cursor: Cursor, draft: ModuleDraft): void {
  const count = cursor.count("tables", MODULE_MAX_TABLES, 3);
  for (let i = 0; i < count; i++) {
    const initialised = cursor.peek() === WITH_INITIALISER;
    if (initialised) skipInitialiserMark(cursor);
    const element = readReferenceType(cursor);
    draft.tables.push({ element, ...readSizeRange(cursor, "table") });
    if (initialised) skipConstantExpression(cursor);
  }
}

function skipInitialiserMark(cursor: Cursor): void {
  const place = cursor.place();
  cursor.byte("the mark of an initialiser");
  if (cursor.byte("a reserved byte") !== 0) throw malformed(place, "a reserved byte is not zero");
}
