import { MODULE_MAX_TYPE_VALUES, MODULE_MAX_TYPES, TYPE_MAX_VALUES } from "../../../limits.js";
import type { Cursor } from "../cursor.js";
import type { ModuleDraft } from "../module-draft.js";
import { aboveLimit, malformed, refusedFeature } from "../module-errors.js";
import { readValueType } from "../value-type.js";

const FUNCTION = 0x60;

const OTHER_FORMS: ReadonlyMap<number, string> = new Map([
  [0x5f, "a struct type (garbage collection)"],
  [0x5e, "an array type (garbage collection)"],
  [0x5d, "a continuation type (stack switching)"],
  [0x50, "a subtype (garbage collection)"],
  [0x4f, "a final subtype (garbage collection)"],
  [0x4e, "a group of recursive types (garbage collection)"],
]);

/** Reads the types. This backend accepts function types only. */
export function readTypes(cursor: Cursor, draft: ModuleDraft): void {
  const count = cursor.count("types", MODULE_MAX_TYPES, 2);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const place = cursor.place();
    const form = cursor.byte("the form of a type");
    if (form !== FUNCTION) {
      const feature = OTHER_FORMS.get(form);
      if (feature === undefined)
        throw malformed(place, `0x${form.toString(16)} is not a form of a type`);
      throw refusedFeature(place, feature, "build the module with function types only");
    }
    const type = `${values(cursor, "parameters")}->${values(cursor, "results")}`;
    total += type.length - "->".length;
    if (total > MODULE_MAX_TYPE_VALUES) {
      throw aboveLimit(place, "parameters and results of types", total, MODULE_MAX_TYPE_VALUES);
    }
    draft.types.push(type);
  }
}

function values(cursor: Cursor, what: string): string {
  const count = cursor.count(what, TYPE_MAX_VALUES);
  const letters: string[] = [];
  for (let i = 0; i < count; i++) letters.push(readValueType(cursor));
  return letters.join("");
}
