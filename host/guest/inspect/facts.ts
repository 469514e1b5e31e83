/** Bytes of the file from `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One section, including its header. */
export interface SectionSpan extends Span {
  readonly id: number;
  /** Offset of its contents. */
  readonly contents: number;
  /** Only for a custom section. */
  readonly name?: string;
}

/**
 * Parameters and results of a function, one letter for each, as in "iiI->i".
 * i: i32, I: i64, f: f32, F: f64, v: v128, r: funcref or externref, e: exnref.
 */
export type Signature = string;

/** An imported function: this backend refuses all other imports. */
export interface ImportFacts {
  readonly module: string;
  readonly name: string;
  readonly signature: Signature;
}

/** The names of the JavaScript interface of WebAssembly. */
export type ExportKind = "function" | "table" | "memory" | "global" | "tag";

/** One export of a module. */
export interface ExportFacts {
  readonly name: string;
  readonly kind: ExportKind;
  /** Index among the items of its kind; imported items come first. */
  readonly index: number;
  /** Only for a function. */
  readonly signature?: Signature;
}

/** Minimum and maximum size of a memory (in pages) or a table (in entries). */
export interface SizeRange {
  readonly min: number;
  readonly max?: number;
  /** The bytes of the flags and numbers in the file. */
  readonly span: Span;
}

/** A table with the type of its entries. */
export interface TableFacts extends SizeRange {
  readonly element: "funcref" | "externref";
}

/** What a module declares, read without the engine. */
export interface ModuleFacts {
  readonly types: readonly Signature[];
  readonly imports: readonly ImportFacts[];
  readonly exports: readonly ExportFacts[];
  /** The only memory: 32-bit, not shared, exported as "memory". */
  readonly memory: SizeRange;
  readonly tables: readonly TableFacts[];
  readonly globalCount: number;
  readonly tagCount: number;
  /** Index of the function that runs at instantiation. */
  readonly startFunction?: number;
  readonly dataSegmentCount: number;
  readonly elementSegmentCount: number;
  /** Number of defined functions, without imported ones. */
  readonly functionCount: number;
  readonly largestBodyBytes: number;
  /** Size of the code section without its header. */
  readonly codeBytes: number;
  /** Estimated memory to compile the most expensive function. */
  readonly largestCompileBytes: number;
  /** Estimated memory to compile all functions. */
  readonly compileBytes: number;
  /** Functions that would need too much memory to optimise, as indices among the defined functions. */
  readonly baselineOnly: readonly number[];
  /** All sections, in the order of the file. */
  readonly sections: readonly SectionSpan[];
}
