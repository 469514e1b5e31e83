import { MODULE_MAX_EXPORTS } from "../../../limits.js";
import { printable } from "../../../text.js";
import type { Cursor } from "../cursor.js";
import type { ExportFacts, ExportKind } from "../facts.js";
import type { ModuleDraft } from "../module-draft.js";
import { malformed } from "../module-errors.js";

/** The index of a kind is its code. */
const KINDS: readonly ExportKind[] = ["function", "table", "memory", "global", "tag"];

/** Reads the exports. Each must have a different name. */
export function readExports(cursor: Cursor, draft: ModuleDraft): void {
  const count = cursor.count("exports", MODULE_MAX_EXPORTS, 3);
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    const place = cursor.place();
    const exported = readExport(cursor, draft);
    if (names.has(exported.name)) {
      throw malformed(place, `two exports are named '${printable(exported.name)}'`);
    }
    names.add(exported.name);
    draft.exports.push(exported);
  }
}

function readExport(cursor: Cursor, draft: ModuleDraft): ExportFacts {
  const name = cursor.name("the name of an export");
  const place = cursor.place();
  const code = cursor.byte("the kind of an export");
  const kind = KINDS[code];
  if (kind === undefined) throw malformed(place, `0x${code.toString(16)} is not a kind of export`);
  const index = cursor.index(kind, sizeOf(kind, draft));
  if (kind !== "function") return { name, kind, index };
  return { name, kind, index, signature: draft.types[draft.functionTypes[index]!]! };
}

function sizeOf(kind: ExportKind, draft: ModuleDraft): number {
  switch (kind) {
    case "function":
      return draft.functionTypes.length;
    case "table":
      return draft.tables.length;
    case "memory":
      return draft.memories.length;
    case "global":
      return draft.globalCount;
    case "tag":
      return draft.tagTypes.length;
  }
}
