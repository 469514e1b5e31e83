import type { ExportFacts, ImportFacts, Signature, SizeRange, TableFacts } from "./facts.js";

/** What the sections that were read so far declare. */
export interface ModuleDraft {
  readonly types: Signature[];
  readonly imports: ImportFacts[];
  /** Type index of each function; imported functions come first. */
  readonly functionTypes: number[];
  readonly exports: ExportFacts[];
  readonly memories: SizeRange[];
  readonly tables: TableFacts[];
  globalCount: number;
  /** Type index of each exception tag. */
  readonly tagTypes: number[];
  startFunction: number | undefined;
  elementSegmentCount: number;
  /** The count in the data count section; undefined without that section. */
  announcedDataSegments: number | undefined;
  dataSegmentCount: number;
  bodyCount: number;
  largestBodyBytes: number;
  codeBytes: number;
  /** Estimated memory to compile the most expensive function, and all functions. */
  largestCompileBytes: number;
  compileBytes: number;
  /** Functions that the engine must not optimise, as indices among the defined functions. */
  readonly baselineOnly: number[];
}

/** A draft without any section. */
export function emptyDraft(): ModuleDraft {
  return {
    types: [],
    imports: [],
    functionTypes: [],
    exports: [],
    memories: [],
    tables: [],
    globalCount: 0,
    tagTypes: [],
    startFunction: undefined,
    elementSegmentCount: 0,
    announcedDataSegments: undefined,
    dataSegmentCount: 0,
    bodyCount: 0,
    largestBodyBytes: 0,
    codeBytes: 0,
    largestCompileBytes: 0,
    compileBytes: 0,
    baselineOnly: [],
  };
}
