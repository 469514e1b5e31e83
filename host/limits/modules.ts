/** The limits of a guest's module, each with its reason. The inspection rejects a module that exceeds one. Units are in the names. */

/** Maximum number of types. C++ runtimes have some hundreds. V8 looks each up in a table that all modules of a process share. */
export const MODULE_MAX_TYPES = 10_000;

/** Maximum number of parameters, and of results, of one function type: V8's own limit. */
export const TYPE_MAX_VALUES = 1_000;

/** Maximum number of parameters and results of all types. C++ runtimes have some ten thousand; 20 million distinct ones need 270 MiB. */
export const MODULE_MAX_TYPE_VALUES = 200_000;

/** Maximum number of imports. The ABI has some dozens of functions, and a module imports each at most once. */
export const MODULE_MAX_IMPORTS = 1_000;

/** Maximum number of functions that a module defines. C++ runtimes have tens of thousands. Each needs memory before its first call. */
export const MODULE_MAX_FUNCTIONS = 200_000;

/** Maximum size of the code of a function: V8's own limit. */
export const FUNCTION_MAX_BYTES = 7_654_321;

/** Maximum number of local variables of a function, with its parameters: V8's own limit. */
export const FUNCTION_MAX_LOCALS = 50_000;

/** Maximum number of targets of a br_table: V8's own limit. */
export const BRANCH_TABLE_MAX_TARGETS = 65_520;

/**
 * Maximum memory for the validation of one function, or its compilation without optimisation; `guest/inspect/code/compile-cost.ts`
 * estimates it from above. 5 KB of code can need gigabytes. The largest functions of 42 modules from npm need, in MiB: 85 (opencascade.js,
 * 4.5 MB of code), 71 and 70 (onnxruntime-web), 67 (biome), 18 (a llama.cpp, ruby), 14 (duckdb, an AVIF decoder).
 */
export const FUNCTION_MAX_COMPILE_BYTES = 288 * 1024 * 1024;

/**
 * The same for all functions together. It limits the time of the validation (0.4 s per GiB), and the code. The largest real module needs
 * 1.5 GiB.
 */
export const MODULE_MAX_COMPILE_BYTES = 6 * 1024 ** 3;

/**
 * Maximum memory of the optimising compiler for one function, estimated for usual code (hostile code just below this estimate needs
 * 580 MiB). A function above it is accepted, but not optimised: it runs at about half the speed. Ten functions of the 42 modules are above.
 */
export const FUNCTION_MAX_OPTIMISED_BYTES = 256 * 1024 * 1024;

/**
 * A function within these limits is far below the three limits above, and is not estimated: it needs at most 25 MiB, 1.5 GiB and 120 MiB.
 */
export const SMALL_CODE = {
  moduleMaxBytes: 131_072,
  functionMaxBytes: 2_048,
  maxLocals: 256,
  maxParameters: 32,
  maxResults: 1,
} as const;

/** Maximum number of tables. Compilers make one; reference types in C or Rust need a second one. */
export const MODULE_MAX_TABLES = 16;

/** Maximum number of exception tags. Compilers make one per kind of throw: C++ exceptions, C longjmp. */
export const MODULE_MAX_TAGS = 100;

/**
 * Maximum number of values of an exception tag. Compilers use one pointer. A caught exception is in V8's heap with all its values, and a
 * stack has room for half a million exceptions: together they must stay below {@link EXECUTOR_HEAP_MAX_MIB}.
 */
export const TAG_MAX_VALUES = 8;

/** Maximum number of global variables. Compilers make some dozens, at most one per class. */
export const MODULE_MAX_GLOBALS = 10_000;

/** Maximum number of exports. The ABI needs a handful; a linker with an option to export all exports every function. */
export const MODULE_MAX_EXPORTS = 10_000;

/** Maximum number of data segments: V8's own limit, which optimisers respect when they split data. */
export const MODULE_MAX_DATA_SEGMENTS = 100_000;

/** Maximum number of element segments. Compilers make one per table, AssemblyScript and optimisers a few more. */
export const MODULE_MAX_ELEMENT_SEGMENTS = 10_000;

/** Maximum number of entries of all element segments. Compilers make one for each function whose address is taken. */
export const MODULE_MAX_ELEMENTS = 1_000_000;

/**
 * Maximum number of custom sections. Usual are names, producers, and a dozen with debug information. The inspection keeps a record of each.
 */
export const MODULE_MAX_CUSTOM_SECTIONS = 1_000;

/** Maximum length of a name in bytes. Mangled C++ and Rust names of exports are far shorter. */
export const MODULE_NAME_MAX_BYTES = 4_096;

/**
 * Maximum size of the section with the names of functions. A longer section is ignored. A trap's text loads {@link TRAP_FRAMES_MAX} names
 * into V8's heap, with two bytes per character.
 */
export const NAME_SECTION_MAX_BYTES = 1024 * 1024;

/** Maximum size of a constant expression in bytes. Linkers write one constant, or the sum of a constant and a global. */
export const CONSTANT_EXPRESSION_MAX_BYTES = 1_024;
