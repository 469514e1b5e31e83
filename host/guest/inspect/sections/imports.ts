import { MODULE_MAX_IMPORTS } from "../../../limits.js";
import { printable } from "../../../text.js";
import type { Cursor } from "../cursor.js";
import type { ModuleDraft } from "../module-draft.js";
import { malformed, refusedFeature } from "../module-errors.js";

const FUNCTION = 0;

/** The kinds of imports that this backend refuses, with advice. */
const OTHER_KINDS: ReadonlyMap<number, readonly [what: string, advice: string]> = new Map([
  [1, ["an imported table", "in the module (wasm-ld: without --import-table)"]],
  [
    2,
    [
      "an imported memory",
      "in the module and export it as 'memory' (wasm-ld: without --import-memory; asc: without --importMemory)",
    ],
  ],
  [3, ["an imported global", "in the module"]],
  [4, ["an imported tag", "in the module"]],
]);

/** Reads the imports. This backend accepts imported functions only. */
export function readImports(cursor: Cursor, draft: ModuleDraft): void {
  const count = cursor.count("imports", MODULE_MAX_IMPORTS, 4);
  for (let i = 0; i < count; i++) {
    const place = cursor.place();
    const module = cursor.name("the module of an import");
    const name = cursor.name("the name of an import");
    const kind = cursor.byte("the kind of an import");
    if (kind !== FUNCTION) {
      const other = OTHER_KINDS.get(kind);
      if (other === undefined)
        throw malformed(place, `0x${kind.toString(16)} is not a kind of import`);
      const [what, advice] = other;
      throw refusedFeature(place, what, `define '${printable(`${module}.${name}`)}' ${advice}`);
    }
    const type = cursor.index("type", draft.types.length);
    draft.functionTypes.push(type);
    draft.imports.push({ module, name, signature: draft.types[type]! });
  }
}
