/** Every number that bounds something, with its reason. Units are in the name. */

/** WebAssembly's 32-bit memories end at 65,536 pages of 64 KiB; the last page stays unused so that an end offset fits 32 bits. */
export const REGION_MAX_BYTES = 0xffff_0000;

/** The mapping that holds the region always spans the whole 32-bit range: V8 never moves or grows it. */
export const REGION_MEMORY_PAGES = 65_536;

/** The server clears the health flag once a second and wants it set again; three chances per window (constants of r23.10). */
export const HEALTH_PERIOD_MS = 300;

/** A blocked queue operation wakes up this often. Nothing depends on it: the supervisor ends the process, not the executor. */
export const QUEUE_WAIT_MS = 1_000;

/** `finalize` of a guest that takes longer than this is given up: the server waits for our exit without any limit. */
export const FINALIZE_DEADLINE_MS = 5_000;

/** How long the supervisor tries, with each beat, to find a guest outside of the host's functions once its time is over. */
export const CATCH_MS = 20;

/** How often the supervisor looks at a guest's deadline, when the model has one. */
export const DEADLINE_TICK_MS = 20;

/** Largest `execute_deadline_ms`: a day. Longer is a mistake, and the clock slot holds 31 bits of milliseconds. */
export const EXECUTE_DEADLINE_MAX_MS = 86_400_000;

/** Blocks of the region that one command may hold at once: what a killed executor has to leave on record. */
export const LEDGER_BLOCKS = 65_536;

/** Triton refuses shapes of a higher rank long before; keeps a hostile count from driving a loop. */
export const TENSOR_MAX_RANK = 1_024;

/** Text that a guest hands over as one log line or error; more is cut off. */
export const GUEST_TEXT_MAX_BYTES = 8_192;

/** Counters of one model: each is a message of its own before the responses. */
export const COUNTERS_MAX = 64;

/** A module larger than this is refused before it is compiled: a running compilation cannot be interrupted. */
export const MODULE_MAX_BYTES = 64 * 1024 * 1024;

/** Types of a module. Whole C++ runtimes have some hundreds; each is looked up in a table of the process that all models share. */
export const MODULE_MAX_TYPES = 10_000;

/** Parameters, and as many results, of one function type: V8's own number. */
export const TYPE_MAX_VALUES = 1_000;

/** Imports of a module. The ABI has some dozens of functions, each needed once. */
export const MODULE_MAX_IMPORTS = 1_000;

/** Functions that a module defines. Whole C++ runtimes have tens of thousands; each takes the engine's memory before it is called. */
export const MODULE_MAX_FUNCTIONS = 200_000;

/** Bytes of one function's code: V8's own number. */
export const FUNCTION_MAX_BYTES = 7_654_321;

/** Tables of a module. Compilers make one, reference types in C or Rust a second. */
export const MODULE_MAX_TABLES = 16;

/** Exception tags of a module. Compilers make one per kind of throw: C++, C longjmp. */
export const MODULE_MAX_TAGS = 100;

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

/** Bytes of a constant expression: linkers write one constant, or the sum of a constant and a global. */
export const CONSTANT_EXPRESSION_MAX_BYTES = 1_024;

/** A 32-bit memory ends here, whatever its module declares. */
export const MEMORY_MAX_PAGES = 65_536;

/** Stack that a host function needs, in frames of a small function (some 70 bytes): twice the deepest, a log line that grows the region. */
export const HOST_CALL_STACK_FRAMES = 64;

/** The same for a host function that only looks something up, which is most of them: half the price per call. 16 is too few. */
export const LIGHT_CALL_STACK_FRAMES = 32;
