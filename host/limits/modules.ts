/** What bounds a guest's module, each number with its reason: what the inspection refuses, or does not keep. Units are in the name. */

/** Types of a module. Whole C++ runtimes have some hundreds; each is looked up in a table of the process that all models share. */
export const MODULE_MAX_TYPES = 10_000;

/** Parameters, and as many results, of one function type: V8's own number. */
export const TYPE_MAX_VALUES = 1_000;

/** Parameters and results of all types together; 20 million distinct ones take 270 MiB. Whole C++ runtimes have some ten thousand. */
export const MODULE_MAX_TYPE_VALUES = 200_000;

/** Imports of a module. The ABI has some dozens of functions, each needed once. */
export const MODULE_MAX_IMPORTS = 1_000;

/** Functions that a module defines. Whole C++ runtimes have tens of thousands; each takes the engine's memory before it is called. */
export const MODULE_MAX_FUNCTIONS = 200_000;

/** Bytes of one function's code: V8's own number. */
export const FUNCTION_MAX_BYTES = 7_654_321;

/** Local variables of one function, parameters among them: V8's own number. */
export const FUNCTION_MAX_LOCALS = 50_000;

/** Targets of one br_table: V8's own number. */
export const BRANCH_TABLE_MAX_TARGETS = 65_520;

/**
 * Memory that one function takes to be validated, or compiled without optimisation, as `guest/inspect/code/compile-cost.ts` estimates
 * it from above; 5 KB of code can take gigabytes. In MiB, of 42 modules from npm, the largest functions take 85 (opencascade.js, one of
 * 4.5 MB), 71 and 70 (onnxruntime-web), 67 (biome); next come 18 (a llama.cpp, ruby) and 14 (duckdb, an AVIF decoder).
 */
export const FUNCTION_MAX_COMPILE_BYTES = 288 * 1024 * 1024;

/** The same of all functions together: it bounds the time of the validation (0.4 s per GiB), and code. The largest real one: 1.5 GiB. */
export const MODULE_MAX_COMPILE_BYTES = 6 * 1024 ** 3;

/**
 * Memory that the optimising compiler takes for one function, estimated for usual code (hostile code just below it: 580 MiB). A function
 * above it is not refused, but stays as the first compiler has made it, at about half the speed: ten of the 42 modules' functions.
 */
export const FUNCTION_MAX_OPTIMISED_BYTES = 256 * 1024 * 1024;

/** With so few bytes of code a function within these numbers stays far below the three: 25 MiB, 1.5 GiB and 120 MiB at most. */
export const SMALL_CODE = {
  moduleMaxBytes: 131_072,
  functionMaxBytes: 2_048,
  maxLocals: 256,
  maxParameters: 32,
  maxResults: 1,
} as const;

/** Tables of a module. Compilers make one, reference types in C or Rust a second. */
export const MODULE_MAX_TABLES = 16;

/** Exception tags of a module. Compilers make one per kind of throw: C++, C longjmp. */
export const MODULE_MAX_TAGS = 100;

/**
 * Values of an exception tag: compilers take one pointer. A caught exception lies in the engine's own heap with all its
 * values, and a stack has room for half a million of them: what they may hold together has to stay below {@link EXECUTOR_HEAP_MAX_MIB}.
 */
export const TAG_MAX_VALUES = 8;

/** Global variables of a module. Compilers make some dozens, at most one per class. */
export const MODULE_MAX_GLOBALS = 10_000;

/** Exports of a module. The ABI wants a handful; linkers told to export all name every function. */
export const MODULE_MAX_EXPORTS = 10_000;

/** Data segments of a module: V8's own number, to which optimisers keep when they split data. */
export const MODULE_MAX_DATA_SEGMENTS = 100_000;

/** Element segments of a module. Compilers make one per table, AssemblyScript and optimisers a few more. */
export const MODULE_MAX_ELEMENT_SEGMENTS = 10_000;

/** Entries of all element segments together: one per function whose address is taken, so more than functions make no sense. */
export const MODULE_MAX_ELEMENTS = 1_000_000;

/** Custom sections of a module: names, producers and a dozen of debug information; each is remembered. */
export const MODULE_MAX_CUSTOM_SECTIONS = 1_000;

/** Bytes of a name in a module: mangled C++ and Rust names of exports stay far below. */
export const MODULE_NAME_MAX_BYTES = 4_096;

/**
 * Bytes of the section of functions' names: of a longer one nothing is kept. A trap's text brings {@link TRAP_FRAMES_MAX}
 * names into the engine's heap, at two bytes a character.
 */
export const NAME_SECTION_MAX_BYTES = 1024 * 1024;

/** Bytes of a constant expression: linkers write one constant, or the sum of a constant and a global. */
export const CONSTANT_EXPRESSION_MAX_BYTES = 1_024;
