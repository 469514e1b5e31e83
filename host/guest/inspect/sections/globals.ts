import { MODULE_MAX_GLOBALS, MODULE_MAX_TAGS, TAG_MAX_VALUES } from "../../../limits.js";
import { skipConstantExpression } from "../constant-expression.js";
import type { Cursor } from "../cursor.js";
import type { ModuleDraft } from "../module-draft.js";
import { aboveLimit, malformed, refusedFeature } from "../module-errors.js";
import { EXCEPTION, readValueType } from "../value-type.js";

export function readGlobals(cursor: Cursor, draft: ModuleDraft): void {
  draft.globalCount = cursor.count("globals", MODULE_MAX_GLOBALS, 3);
  for (let i = 0; i < draft.globalCount; i++) {
    readValueType(cursor);
    const place = cursor.place();
    if (cursor.byte("the mutability of a global") > 1) {
      throw malformed(place, "the mutability of a global is neither 0 nor 1");
    }
    skipConstantExpression(cursor);
  }
}

/** Reads the tags: the types of the values that exceptions carry. */
export function readTags(cursor: Cursor, draft: ModuleDraft): void {
  const count = cursor.count("tags", MODULE_MAX_TAGS, 2);
  for (let i = 0; i < count; i++) {
    const place = cursor.place();
    if (cursor.u32("the attribute of a tag") !== 0)
      throw malformed(place, "the attribute of a tag is not 0 (exception)");
    const type = cursor.index("type", draft.types.length);
    const [values] = draft.types[type]!.split("->") as [string];
    if (values.length > TAG_MAX_VALUES) {
      throw aboveLimit(place, "values of an exception tag", values.length, TAG_MAX_VALUES);
    }
    if (values.includes(EXCEPTION)) {
      throw refusedFeature(
        place,
        "an exception tag with a value of the type exnref",
        "throw numbers: exceptions that hold exceptions can form an endless chain in the engine's memory",
      );
    }
    draft.tagTypes.push(type);
  }
}
