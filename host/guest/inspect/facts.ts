/** Bytes of the file from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One section with its header. */
export interface SectionSpan extends Span {
  readonly id: number;
  /** Where its contents begin. */
  readonly contents: number;
  /** Of a custom section. */
  readonly name?: string;
}

/**
 * Parameters and results of a function, a letter each, as in "iiI->i".
 * i: i32, I: i64, f: f32, F: f64, v: v128, r: funcref or externref, e: exnref.
 */
export type Signature = string;

/** Only functions can be imported: all else is refused. */
export interface ImportFacts {
  readonly module: string;
  readonly name: string;
  readonly signature: Signature;
}

/** As the JavaScript interface of WebAssembly calls them. */
export type ExportKind = "function" | "table" | "memory" | "global" | "tag";

/** What leaves the module under a name. */
export interface ExportFacts {
  readonly name: string;
  readonly kind: ExportKind;
  /** Among those of its kind, imported ones first. */
  readonly index: number;
  /** Of a function. */
  readonly signature?: Signature;
}

/** Least and greatest size of a memory (in pages) or table (in entries). */
export interface LimitsFacts {
  readonly min: number;
  readonly max?: number;
  /** Where flags and numbers stand in the file. */
  readonly span: Span;
}

/** A table with the type of its entries. */
export interface TableFacts extends LimitsFacts {
  readonly element: "funcref" | "externref";
}

/** What a module declares, read without the engine. */
export interface ModuleFacts {
  readonly types: readonly Signature[];
  readonly imports: readonly ImportFacts[];
  readonly exports: readonly ExportFacts[];
  /** The only one: 32-bit, not shared, exported as "memory". */
  readonly memory: LimitsFacts;
  readonly tables: readonly TableFacts[];
  readonly globalCount: number;
  readonly tagCount: number;
  /** Index of the function that runs at instantiation. */
  readonly startFunction?: number;
  readonly dataSegmentCount: number;
  readonly elementSegmentCount: number;
  /** Defined ones; imported ones are not counted. */
  readonly functionCount: number;
  readonly largestBodyBytes: number;
  /** Of the whole code section, without its header. */
  readonly codeBytes: number;
  /** Memory that the function takes to compile which takes most, estimated. */
  readonly largestCompileBytes: number;
  /** The same of all functions together. */
  readonly compileBytes: number;
  /** Functions, counted among those defined, that would take too much memory to optimise. */
  readonly baselineOnly: readonly number[];
  /** All of them, in the order of the file. */
  readonly sections: readonly SectionSpan[];
}
