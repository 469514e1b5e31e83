import { FUNCTION_MAX_BYTES, MODULE_MAX_FUNCTIONS } from "../../../limits.js";
import type { Cursor } from "../cursor.js";
import type { ModuleDraft } from "../draft.js";
import { aboveLimit } from "../refusal.js";

/** The type of each function that the module defines. */
export function readFunctions(cursor: Cursor, draft: ModuleDraft): void {
  const count = cursor.count("functions", MODULE_MAX_FUNCTIONS);
  for (let i = 0; i < count; i++)
    draft.functionTypes.push(cursor.index("type", draft.types.length));
}

/** The function that runs at instantiation. */
export function readStart(cursor: Cursor, draft: ModuleDraft): void {
  draft.startFunction = cursor.index("function", draft.functionTypes.length);
}

/** Bodies are passed by their size: V8 checks them. */
export function readCode(cursor: Cursor, draft: ModuleDraft): void {
  draft.codeBytes = cursor.left;
  draft.bodyCount = cursor.count("function bodies", MODULE_MAX_FUNCTIONS);
  for (let i = 0; i < draft.bodyCount; i++) {
    const place = cursor.place();
    const size = cursor.u32("the size of a function body");
    cursor.skip(size, "a function body");
    if (size > FUNCTION_MAX_BYTES) {
      throw aboveLimit(place, "bytes in a function body", size, FUNCTION_MAX_BYTES);
    }
    draft.largestBodyBytes = Math.max(draft.largestBodyBytes, size);
  }
}
