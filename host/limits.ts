/** Every number that bounds something, with its reason. Units are in the name. */

export * from "./limits/modules.js";
export * from "./limits/parameters.js";

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
