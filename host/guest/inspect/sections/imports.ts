import { MODULE_MAX_IMPORTS } from "../../../limits.js";
import { printable } from "../../text.js";
import type { Cursor } from "../cursor.js";
import type { ModuleDraft } from "../draft.js";
import { malformed, refusedFeature } from "../refusal.js";

const FUNCTION = 0;

const OTHER_KINDS: ReadonlyMap<number, readonly [what: string, advice: string]> = new Map([
  [1, ["table", "define it in the module (wasm-ld: without --import-table)"]],
  [
    2,
    [
      "memory",
      "define it in the module and export it as 'memory' (wasm-ld, asc: without --import-memory or --importMemory)",
    ],
  ],
  [3, ["global", "define it in the module, or hand its value over as a model parameter"]],
  [4, ["tag", "define it in the module and link the model statically"]],
]);

/** Functions only. */
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
        throw malformed(place, `0x${kind.toString(16)} is no kind of import`);
      const [what, advice] = other;
      throw refusedFeature(
        place,
        `an imported ${what} '${printable(`${module}.${name}`)}'`,
        advice,
      );
    }
    const type = cursor.index("type", draft.types.length);
    draft.functionTypes.push(type);
    draft.imports.push({ module, name, signature: draft.types[type]! });
  }
}
