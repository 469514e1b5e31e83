import type { ExportFacts, ImportFacts, LimitsFacts, Signature, TableFacts } from "./facts.js";

/** What the sections read so far have told. */
export interface ModuleDraft {
  readonly types: Signature[];
  readonly imports: ImportFacts[];
  /** Index of the type of each function, imported ones first. */
  readonly functionTypes: number[];
  readonly exports: ExportFacts[];
  readonly memories: LimitsFacts[];
  readonly tables: TableFacts[];
  globalCount: number;
  /** Index of the type of each exception tag. */
  readonly tagTypes: number[];
  startFunction: number | undefined;
  elementSegmentCount: number;
  /** Of the section that announces it. */
  announcedDataSegments: number | undefined;
  dataSegmentCount: number;
  bodyCount: number;
  largestBodyBytes: number;
  codeBytes: number;
  /** Estimates of what takes most to compile, and of all functions together. */
  largestCompileBytes: number;
  compileBytes: number;
  /** Functions, among those defined, that the engine must not optimise. */
  readonly baselineOnly: number[];
}

/** A module without any section. */
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
