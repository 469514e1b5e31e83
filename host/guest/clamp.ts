import { StubError } from "../errors.js";
import {
  MEMORY_MAX_BYTES,
  MEMORY_MAX_PAGES,
  NAME_SECTION_MAX_BYTES,
  TABLE_MAX_ENTRIES,
} from "../limits.js";
import { compilationHints, leb128 } from "./compilation-hints.js";
import type { ModuleFacts, SectionSpan, SizeRange, Span } from "./inspect/facts.js";
import {
  CODE_SECTION,
  CUSTOM_SECTION,
  FUNCTION_SECTION,
  MEMORY_SECTION,
  TABLE_SECTION,
} from "./inspect/sections/section-list.js";

/** The limits to which a guest's memory and tables may grow. */
export interface GrowthCaps {
  readonly memoryMaxPages: number;
  /** For all tables together. */
  readonly tableMaxEntries: number;
}

/** Size of a page of WebAssembly memory. */
export const PAGE_BYTES = 65_536;
/** The largest 32-bit number. */
const TABLE_MAXIMUM = 2 ** 32 - 1;
const HAS_MAX = 1;

/** The section with the names of functions, which trap errors show. All other custom sections are for tools, and the engine reads some. */
const KEPT_CUSTOM_SECTION = "name";

/**
 * Rewrites a module. The caps become the declared maxima, so that the engine itself makes `memory.grow` and `table.grow` fail there. Custom
 * sections are removed, and a section is added that names the functions that the engine must not optimise.
 * @param facts the facts of exactly these bytes
 * @throws StubError ERR_GUEST_LIMIT when an initial size is above a cap
 */
export function clampModule(
  bytes: Uint8Array,
  facts: ModuleFacts,
  caps: GrowthCaps,
): Uint8Array<ArrayBuffer> {
  const memoryMax = memoryMaximum(facts.memory, caps.memoryMaxPages);
  const tableMaxima = tableMaximaOf(facts.tables, caps.tableMaxEntries);
  const parts: Uint8Array[] = [bytes.subarray(0, facts.sections[0]?.start)];
  for (const section of facts.sections) {
    if (section.id === MEMORY_SECTION) {
      parts.push(...withMaxima(bytes, section, [facts.memory], [memoryMax]));
    } else if (section.id === TABLE_SECTION) {
      parts.push(...withMaxima(bytes, section, facts.tables, tableMaxima));
    } else if (section.id !== CUSTOM_SECTION || isKept(section)) {
      parts.push(bytes.subarray(section.start, section.end));
    }
    if (section.id === FUNCTION_SECTION && facts.baselineOnly.length > 0) {
      const hints = compilationHints(facts.functionCount, facts.baselineOnly);
      parts.push(Uint8Array.of(CUSTOM_SECTION, ...leb128(hints.length)), hints);
    }
  }
  return concatenate(parts);
}

/**
 * Converts offsets that the engine reports into offsets in the module's file.
 * @param facts the facts of the file
 * @param shorter number of bytes by which {@link clampModule} made the module shorter
 * @returns what to add to an offset in the code of the clamped module
 */
export function codeShift({ sections }: ModuleFacts, shorter: number): number {
  const code = sections.findIndex(({ id }) => id === CODE_SECTION);
  // After the code section nothing is rewritten, but sections may be removed.
  const leftOut = sections
    .slice(code + 1)
    .filter((section) => section.id === CUSTOM_SECTION && !isKept(section));
  return leftOut.reduce((shift, { start, end }) => shift - (end - start), shorter);
}

function isKept({ name, start, end }: SectionSpan): boolean {
  return name === KEPT_CUSTOM_SECTION && end - start <= NAME_SECTION_MAX_BYTES;
}

function memoryMaximum({ min, max = MEMORY_MAX_PAGES }: SizeRange, cap: number): number {
  if (min <= cap) return Math.min(max, cap);
  throw new StubError(
    "ERR_GUEST_LIMIT",
    `the module begins with a memory of ${min * PAGE_BYTES} bytes (${min} pages), ` +
      `above the ${cap * PAGE_BYTES} bytes that the model may have: raise its parameter ${MEMORY_MAX_BYTES.parameter}, ` +
      "or build it with less initial memory",
    {
      parameter: MEMORY_MAX_BYTES.parameter,
      declared: min * PAGE_BYTES,
      allowed: cap * PAGE_BYTES,
    },
  );
}

/**
 * Distributes the cap among the tables: a table that wants less than an equal share gets all that it wants; the others share the rest
 * equally.
 */
function tableMaximaOf(tables: readonly SizeRange[], cap: number): readonly number[] {
  const initial = tables.reduce((sum, { min }) => sum + min, 0);
  if (initial > cap) {
    throw new StubError(
      "ERR_GUEST_LIMIT",
      `the module begins with ${initial} entries in its tables, above the ${cap} that the tables of a model may have together: ` +
        `raise its parameter ${TABLE_MAX_ENTRIES.parameter}, or build it with smaller tables`,
      { parameter: TABLE_MAX_ENTRIES.parameter, declared: initial, allowed: cap },
    );
  }
  const maxima = new Array<number>(tables.length);
  let left = cap - initial;
  const wanting = tables
    .map(({ min, max = TABLE_MAXIMUM }, index) => ({ index, min, wanted: max - min }))
    .sort((one, other) => one.wanted - other.wanted);
  for (const [served, { index, min, wanted }] of wanting.entries()) {
    const granted = Math.min(wanted, Math.floor(left / (tables.length - served)));
    maxima[index] = min + granted;
    left -= granted;
  }
  return maxima;
}

/** @returns the section with other minima and maxima in the same places, and with its new size */
function withMaxima(
  bytes: Uint8Array,
  section: SectionSpan,
  limits: readonly { readonly min: number; readonly span: Span }[],
  maxima: readonly number[],
): Uint8Array[] {
  const contents: Uint8Array[] = [];
  let from = section.contents;
  for (const [i, { min, span }] of limits.entries()) {
    contents.push(bytes.subarray(from, span.start));
    contents.push(Uint8Array.of(HAS_MAX, ...leb128(min), ...leb128(maxima[i]!)));
    from = span.end;
  }
  contents.push(bytes.subarray(from, section.end));
  const size = contents.reduce((sum, { length }) => sum + length, 0);
  return [Uint8Array.of(section.id, ...leb128(size)), ...contents];
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
