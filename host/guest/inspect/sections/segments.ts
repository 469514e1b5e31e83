import {
  MODULE_MAX_DATA_SEGMENTS,
  MODULE_MAX_ELEMENT_SEGMENTS,
  MODULE_MAX_ELEMENTS,
} from "../../../limits.js";
import { skipConstantExpression } from "../constant-expression.js";
import type { Cursor } from "../cursor.js";
import type { ModuleDraft } from "../module-draft.js";
import { aboveLimit, malformed } from "../module-errors.js";
import { readReferenceType } from "../value-type.js";

/** Bits of the flags of an element segment. */
const NOT_ACTIVE = 1;
const EXPLICIT = 2;
const EXPRESSIONS = 4;

/** Reads the element segments, which initialise tables. */
export function readElements(cursor: Cursor, draft: ModuleDraft): void {
  draft.elementSegmentCount = cursor.count("element segments", MODULE_MAX_ELEMENT_SEGMENTS, 2);
  let total = 0;
  for (let i = 0; i < draft.elementSegmentCount; i++) {
    const place = cursor.place();
    const expressions = skipElementHeader(cursor);
    const count = cursor.count("elements", MODULE_MAX_ELEMENTS);
    total += count;
    if (total > MODULE_MAX_ELEMENTS)
      throw aboveLimit(place, "elements", total, MODULE_MAX_ELEMENTS);
    for (let element = 0; element < count; element++) {
      if (expressions) skipConstantExpression(cursor);
      else cursor.u32("the index of a function");
    }
  }
}

/** @returns whether the entries are expressions; otherwise they are indices of functions */
function skipElementHeader(cursor: Cursor): boolean {
  const place = cursor.place();
  const flags = cursor.u32("the flags of an element segment");
  if (flags > (NOT_ACTIVE | EXPLICIT | EXPRESSIONS)) {
    throw malformed(place, `invalid element segment flags ${flags}`);
  }
  const active = (flags & NOT_ACTIVE) === 0;
  const expressions = (flags & EXPRESSIONS) !== 0;
  if (active) {
    if (flags & EXPLICIT) cursor.u32("the index of a table");
    skipConstantExpression(cursor);
    if (!(flags & EXPLICIT)) return expressions;
  }
  if (expressions) readReferenceType(cursor);
  else if (cursor.byte("the kind of elements") !== 0) {
    throw malformed(place, "the elements are not functions");
  }
  return expressions;
}

/** Reads the number of data segments that a later section has. */
export function readDataCount(cursor: Cursor, draft: ModuleDraft): void {
  const place = cursor.place();
  const count = cursor.u32("the number of data segments");
  if (count > MODULE_MAX_DATA_SEGMENTS) {
    throw aboveLimit(place, "data segments", count, MODULE_MAX_DATA_SEGMENTS);
  }
  draft.announcedDataSegments = count;
}

/** Reads the data segments, which initialise the memory. */
export function readData(cursor: Cursor, draft: ModuleDraft): void {
  draft.dataSegmentCount = cursor.count("data segments", MODULE_MAX_DATA_SEGMENTS, 2);
  for (let i = 0; i < draft.dataSegmentCount; i++) {
    const place = cursor.place();
    const flags = cursor.u32("the flags of a data segment");
    if (flags > 2) throw malformed(place, `invalid data segment flags ${flags}`);
    if (flags === 2) cursor.u32("the index of a memory");
    if (flags !== 1) skipConstantExpression(cursor);
    cursor.skip(cursor.u32("the size of a data segment"), "a data segment");
  }
}
