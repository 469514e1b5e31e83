/** Every number that bounds something, with its reason. Units are in the name. */

/** WebAssembly's 32-bit memories end at 65,536 pages of 64 KiB; the last page stays unused so that an end offset fits 32 bits. */
export const REGION_MAX_BYTES = 0xffff_0000;

/** The mapping that holds the region always spans the whole 32-bit range: V8 never moves or grows it. */
export const REGION_MEMORY_PAGES = 65_536;

/**
 * How much of a region a thread looks at, until the region is larger. V8 counts a view as memory of its own: one of some
 * hundred MiB makes it collect garbage at once, 3 to 8 ms in the middle of a thread's start.
 */
export const REGION_VIEW_MIN_BYTES = 64 * 2 ** 20;

/** The server clears the health flag once a second and wants it set again; three chances per window (constants of r23.10). */
export const HEALTH_PERIOD_MS = 300;

/**
 * So many executors in a row that end before they have taken a command make the instance refuse all further ones. One may
 * be hit by a passing want of memory; what ends three would end the fourth.
 */
export const EXECUTOR_START_FAILURES_MAX = 3;

/**
 * Words that one change of the heap may overwrite and be undone: an allocation takes one node out of the free tree and puts one in, each on a
 * path of at most 54 nodes, and a growth puts one in beside two.
 */
export const UNDO_ENTRIES = 512;

/**
 * How long a record that the server is about to leave is kept at most. A server that still serves needs the time in which a thread wakes
 * up.
 */
export const RECORD_LEAVE_MAX_MS = 1_000;

/** A blocked queue operation wakes up this often. Nothing depends on it: the guard ends the process. */
export const QUEUE_WAIT_MS = 1_000;

/** `finalize` of a guest that takes longer than this is given up: the server waits for our exit without any limit. */
export const FINALIZE_DEADLINE_MS = 5_000;

/** Blocks of the region that one command may hold at once: what a killed executor has to leave on record. */
export const LEDGER_BLOCKS = 65_536;

/** Triton refuses shapes of a higher rank long before; keeps a hostile count from driving a loop. */
export const TENSOR_MAX_RANK = 1_024;

/** Text that a guest hands over as one log line or error; more is cut off. */
export const GUEST_TEXT_MAX_BYTES = 8_192;

/** Functions that a trap's text names, from the innermost on: a panic takes three or four, and the engine keeps ten frames. */
export const TRAP_FRAMES_MAX = 8;

/** Characters of a function's name in a trap's text: with all of them, there is room left for what the guest said. */
export const TRAP_NAME_MAX_LENGTH = 120;

/** A trap's text shows the size of a memory that has come so near to its limit: allocators like to double. */
export const TRAP_MEMORY_SHARE = 0.5;

/** Lines of standard error that explain why a WASI guest ended: Rust's panics have three, with the reason in the middle. */
export const LAST_LINES_MAX = 4;

/** Characters of each of them: all fit into one text of a guest. */
export const LAST_LINE_MAX_LENGTH = 1_024;

/** Characters of a name or value that an error quotes: enough to find it, and the rest of the sentence stays on the line. */
export const QUOTED_MAX_LENGTH = 200;

/** Metrics of one model: each is a message of its own before the responses. */
export const METRICS_MAX = 64;

/** The server's own configurations have some kilobytes. */
export const MODEL_CONFIG_MAX_BYTES = 1024 * 1024;

/**
 * The largest `max_batch_size` that a model may complete. The server's sequence batcher keeps a queue for each place of a batch:
 * some 49 MiB per instance for so many (measured on 23.12 and 24.10).
 */
export const COMPLETED_BATCH_SIZE_MAX = 65_536;

/** Inputs, and as many outputs, that a model may complete: more than any framework's models have. */
export const COMPLETED_TENSORS_MAX = 1_024;

/** Preferred batch sizes that a model may complete. Models that have some name two or three. */
export const COMPLETED_PREFERRED_SIZES_MAX = 64;

/** The longest wait for more requests that a model may complete: as long as a batch may take by default. */
export const COMPLETED_QUEUE_DELAY_MAX_US = 60_000_000;

/** Random bytes that the host makes in one piece: the C library gives no more at once without a break. */
export const RANDOM_PIECE_MAX_BYTES = 65_536;

/** Bytes of a file in the backend's folder in which the operator says something: a dozen lines, with comments. */
export const OPERATOR_FILE_MAX_BYTES = 65_536;

/**
 * Of batches, sequences or instances in a configuration: `check` reports more. The server takes memory for each, and aborts
 * at a number that is large enough.
 */
export const SERVER_COUNT_MAX = 65_536;

/** Pieces of one output, or subscriptions of one poll, of a WASI guest: libraries use one or two. */
export const WASI_VECTORS_MAX = 1_024;

/** Bytes of one output of a WASI guest: libraries write the rest in another call, and the guest can be stopped in between. */
export const WASI_WRITE_MAX_BYTES = 65_536;

/** Parameters of one response: they are kept outside of the guest's own memory until the batch is answered. */
export const RESPONSE_PARAMETERS_MAX = 256;

/** Characters of the parameters of a batch's responses together: they lie in the engine's heap until it is answered. */
export const BATCH_PARAMETERS_MAX_LENGTH = 16 * 1024 * 1024;

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

/** A 32-bit memory ends here, whatever its module declares. */
export const MEMORY_MAX_PAGES = 65_536;

/**
 * V8's heap of an executor. V8 ends the process that reaches it, also while that holds a mutex of the region: so a guest must not
 * reach it. Measured: a stack full of exceptions that legacy handlers hold takes 400 MiB,
 * a stack and all globals full of exnref 280 (570 bytes for an exception of {@link TAG_MAX_VALUES} vectors).
 */
export const EXECUTOR_HEAP_MAX_MIB = 1_024;

/**
 * Private writable memory of an executor: it ends in the executor, not in the kernel's choice of a process. 4 GiB are the core's memory,
 * of which the region takes the place, 4 GiB the largest guest that an operator may allow; a GiB each is for V8's heap, for its
 * compilers ({@link FUNCTION_MAX_COMPILE_BYTES}, two threads) and for code, and one more for all the rest.
 */
export const EXECUTOR_DATA_MAX_BYTES = 12 * 1024 ** 3;

/** Open files of a stub: a dozen, and a few for each thread that starts. */
export const OPEN_FILES_MAX = 256;

/** A limit that a model's configuration may set. All numbers are in the unit of the parameter's name. */
export interface ModelLimit {
  readonly parameter: string;
  /** The range of what an operator may set, and of what a model may ask for at all. */
  readonly min: number;
  readonly max: number;
  /** What a model has that asks for nothing, if its ceiling is not lower. */
  readonly default: number;
  /** The most that a model may ask for, unless the operator sets another ceiling (docs/security.md). */
  readonly ceiling: number;
}

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;
/** Longer than a day is a mistake, and the clock slot holds 31 bits of milliseconds. */
const DAY_MS = 24 * HOUR_MS;

/**
 * Memory of one guest. The default is what a node has for one process rather than what a model needs. The ceiling is no higher:
 * instances share no memory, so a guest of 1 GiB must fit beside all others.
 */
export const MEMORY_MAX_BYTES: ModelLimit = {
  parameter: "wasm_memory_max_bytes",
  min: 65_536,
  max: 4096 * MIB,
  default: 1024 * MIB,
  ceiling: 1024 * MIB,
};

/**
 * Entries of a guest's tables together. Compilers make one per function pointer. An entry takes memory of the engine that no
 * other limit bounds, hence the ceiling.
 */
export const TABLE_MAX_ENTRIES: ModelLimit = {
  parameter: "wasm_table_max_entries",
  min: 0,
  max: 1_000_000,
  default: 100_000,
  ceiling: 100_000,
};

/**
 * A module larger than this is refused before it is compiled: a running compilation cannot be interrupted. A compilation takes
 * about ten times the module's bytes, so at the ceiling less than a guest may have.
 */
export const MODULE_MAX_BYTES: ModelLimit = {
  parameter: "wasm_module_max_bytes",
  min: 8,
  max: 1024 * MIB,
  default: 64 * MIB,
  ceiling: 64 * MIB,
};

/** Nobody waits longer than a minute for a batch without having said so. A guest in a loop keeps a core busy for an hour at most. */
export const EXECUTE_DEADLINE_MS: ModelLimit = {
  parameter: "wasm_execute_deadline_ms",
  min: 1,
  max: DAY_MS,
  default: 60_000,
  ceiling: HOUR_MS,
};

/**
 * Also of `triton_auto_complete`, and of what a module runs when it is instantiated. The server waits for a load without limit:
 * the ceiling is when it ends.
 */
export const INITIALIZE_DEADLINE_MS: ModelLimit = {
  parameter: "wasm_initialize_deadline_ms",
  min: 1,
  max: DAY_MS,
  default: 60_000,
  ceiling: HOUR_MS,
};

/**
 * Outputs of one batch: the region that they lie in never shrinks, and ends at 4 GiB. When a client asks for JSON, the server keeps up
 * to 68 bytes for each element, and up to 20 for each byte of larger elements (measured on 23.12 and 24.10). An element counts at least
 * 4 bytes here, so 20 times the limit is what one request can cost: 1.3 GiB by default, 2.5 GiB at the ceiling.
 */
export const OUTPUT_MAX_BYTES: ModelLimit = {
  parameter: "wasm_output_max_bytes",
  min: 0,
  max: 4096 * MIB,
  default: 64 * MIB,
  ceiling: 128 * MIB,
};

/** Each line costs the server a message: with 10,000 in a second it still answers other models' requests. */
export const LOG_MAX_LINES: ModelLimit = {
  parameter: "wasm_log_max_lines_per_second",
  min: 0,
  max: 100_000,
  default: 1_000,
  ceiling: 10_000,
};

/** The server's log mostly goes to the disk of the node: the default writes 84 GiB a day at most, the ceiling four times that. */
export const LOG_MAX_BYTES: ModelLimit = {
  parameter: "wasm_log_max_bytes_per_second",
  min: 0,
  max: 64 * MIB,
  default: MIB,
  ceiling: 4 * MIB,
};

/**
 * So many guests of an instance that trapped or were stopped within {@link FAILURE_WINDOW_MS} make it unavailable for a while.
 * A guest that may fail often keeps a core busy with the start of the next one.
 */
export const FAILURES_MAX: ModelLimit = {
  parameter: "wasm_failures_max",
  min: 1,
  max: 1_000,
  default: 5,
  ceiling: 20,
};

/** Lines of the log a second that report traps and stops of an instance's guests: its requests may come faster than anybody reads. */
export const FAILURE_LINES_PER_SECOND = 5;

export const FAILURE_WINDOW_MS = 60_000;

/** How long an instance whose guests keep failing answers without trying, at first; it doubles with each try that fails. */
export const UNAVAILABLE_MIN_MS = 1_000;
export const UNAVAILABLE_MAX_MS = 60_000;

/** A new thread takes some 50 ms to start: it is made this long before a guest's time is over. */
export const SPARE_LEAD_MS = 150;

/** Stack of a guest and of the host functions that it calls, in KiB: half of the 8 MiB that a thread of Linux has, as Node gives a worker. */
export const GUEST_STACK_KIB = 4_000;
