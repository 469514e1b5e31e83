import { MODULE_MAX_CUSTOM_SECTIONS } from "../../limits.js";
import { shortened } from "../../text.js";
import { Cursor } from "./cursor.js";
import type { ModuleFacts, SectionSpan } from "./facts.js";
import { checkHeader, HEADER_BYTES } from "./header.js";
import { emptyDraft, type ModuleDraft } from "./module-draft.js";
import { aboveLimit, malformed, type Place, refusedFeature } from "./module-errors.js";
import { checkBodyCount } from "./sections/functions.js";
import { CUSTOM_SECTION, SECTIONS } from "./sections/section-list.js";

const NAME_SHOWN_LENGTH = 48;

/**
 * Reads what a module declares, before the engine reads its bytes, and refuses what this backend does not accept. It estimates the memory
 * to compile the function bodies; V8 checks their types.
 * @throws StubError ERR_MODEL_INVALID. Its details have `offset` and `section`, and `problem` for bytes that are not a valid module,
 * or `feature` or `limit` for a module that this backend does not accept
 */
export function inspectModule(bytes: Uint8Array): ModuleFacts {
  checkHeader(bytes);
  const file = new Cursor(bytes, HEADER_BYTES, bytes.length, "file");
  const draft = emptyDraft();
  const sections = readSections(file, draft);
  checkCounts(file, draft);
  return finish(file, draft, sections);
}

function readSections(file: Cursor, draft: ModuleDraft): readonly SectionSpan[] {
  const spans: SectionSpan[] = [];
  let customs = 0;
  let nextRank = 0;
  while (file.left > 0) {
    const place = file.place();
    const id = file.byte("the number of a section");
    const size = file.u32("the size of a section");
    if (id === CUSTOM_SECTION) {
      if (++customs > MODULE_MAX_CUSTOM_SECTIONS) {
        throw aboveLimit(place, "custom sections", customs, MODULE_MAX_CUSTOM_SECTIONS);
      }
      const cursor = file.part(size, "custom section");
      const contents = cursor.offset;
      const name = cursor.name("the name of a custom section");
      spans.push({ id, name, start: place.offset, contents, end: file.offset });
    } else {
      const rank = rankOf(id, nextRank, place);
      nextRank = rank + 1;
      const { name, read } = SECTIONS[rank]!;
      const cursor = file.part(size, name);
      spans.push({ id, start: place.offset, contents: cursor.offset, end: file.offset });
      read(cursor, draft);
      cursor.finish();
    }
  }
  return spans;
}

/** @returns the position of the section in the standard order; it is at least `least` */
function rankOf(id: number, least: number, place: Place): number {
  const rank = SECTIONS.findIndex((section) => section.id === id);
  if (rank < 0) throw malformed(place, `unknown section id ${id}`);
  if (rank >= least) return rank;
  const last = SECTIONS[least - 1]!.name;
  throw malformed(
    place,
    rank === least - 1
      ? `the ${last} appears twice`
      : `the ${SECTIONS[rank]!.name} appears after the ${last}`,
  );
}

/** Compares the counts that one section declares with the contents of another. */
function checkCounts(end: Place, draft: ModuleDraft): void {
  checkBodyCount(end, draft);
  const announced = draft.announcedDataSegments ?? draft.dataSegmentCount;
  if (announced !== draft.dataSegmentCount) {
    throw malformed(
      end,
      `the data count section declares ${announced} data segments, but there are ${draft.dataSegmentCount}`,
    );
  }
}

function finish(end: Place, draft: ModuleDraft, sections: readonly SectionSpan[]): ModuleFacts {
  const [memory] = draft.memories;
  if (memory === undefined) {
    throw refusedFeature(end, "no memory", "define one and export it as 'memory'");
  }
  if (!draft.exports.some(isMemory)) throw memoryNotExported(end, draft);
  return {
    types: draft.types,
    imports: draft.imports,
    exports: draft.exports,
    memory,
    tables: draft.tables,
    globalCount: draft.globalCount,
    tagCount: draft.tagTypes.length,
    ...(draft.startFunction === undefined ? {} : { startFunction: draft.startFunction }),
    dataSegmentCount: draft.dataSegmentCount,
    elementSegmentCount: draft.elementSegmentCount,
    functionCount: draft.bodyCount,
    largestBodyBytes: draft.largestBodyBytes,
    codeBytes: draft.codeBytes,
    largestCompileBytes: draft.largestCompileBytes,
    compileBytes: draft.compileBytes,
    baselineOnly: draft.baselineOnly,
    sections,
  };
}

function memoryNotExported(end: Place, draft: ModuleDraft): Error {
  const other = draft.exports.find(({ kind }) => kind === "memory");
  if (other === undefined) {
    const advice =
      "export it as 'memory' (wasm-ld: without --import-memory; WAT: (export \"memory\"))";
    return refusedFeature(end, "no exported memory", advice);
  }
  const name = shortened(other.name, NAME_SHOWN_LENGTH);
  return refusedFeature(
    end,
    "its memory exported under another name",
    `export '${name}' as 'memory'`,
  );
}

function isMemory({ name, kind }: { name: string; kind: string }): boolean {
  return name === "memory" && kind === "memory";
}
