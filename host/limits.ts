/** Every number that bounds something, with its reason. Units are in the name. */

export * from "./limits/calls.js";
export * from "./limits/modules.js";
export * from "./limits/parameters.js";

/** A 32-bit memory of WebAssembly ends at 65,536 pages of 64 KiB. The last page stays unused, so that an end offset fits 32 bits. */
export const REGION_MAX_BYTES = 0xffff_0000;

/** The memory of the region always spans the whole 32-bit range, so V8 never moves or grows it. */
export const REGION_MEMORY_PAGES = 65_536;

/**
 * Size of a thread's views of the region, until the region is larger. V8 counts a view as its own memory: a view of some hundred MiB
 * triggers a garbage collection of 3 to 8 ms during the start of a thread.
 */
export const REGION_VIEW_MIN_BYTES = 64 * 2 ** 20;

/** The server clears the health flag once a second, and expects that the stub sets it again. This period sets it three times per second. */
export const HEALTH_PERIOD_MS = 300;

/**
 * Maximum number of consecutive executors that end before they have taken a command. After that the instance refuses all commands. One
 * executor may fail for a temporary lack of memory; what ends three would end the next one as well.
 */
export const EXECUTOR_START_FAILURES_MAX = 3;

/**
 * Maximum number of words that one change of the heap may overwrite. An allocation removes one node from the free tree and adds one, each
 * on a path of at most 54 nodes; a growth adds one node beside two.
 */
export const UNDO_ENTRIES = 512;

/**
 * Maximum wait until the server does not use a record any more. A server that is alive needs the time in which a thread wakes up.
 */
export const RECORD_LEAVE_MAX_MS = 1_000;

/** Period in which an executor that waits for a command looks for the answer to an exchange. A thread of the server waits meanwhile. */
export const EXCHANGE_POLL_MS = 1;

/**
 * Changed metrics wait so long while batches follow each other without a pause. A message about them wakes a thread of the server, which then
 * competes with the batches for the mutex of the region's heap.
 */
export const METRICS_PAUSE_MS = 5;
/** Without a batch for this time, changed metrics do not wait longer. */
export const METRICS_IDLE_MS = 1;

/** A blocked queue operation wakes up after this time, and waits again. Nothing depends on the value, since the guard ends the process. */
export const QUEUE_WAIT_MS = 1_000;

/** Time limit of a guest's `finalize`. The server waits for the end of the process without a limit. */
export const FINALIZE_DEADLINE_MS = 5_000;

/** Maximum number of blocks that one command may hold. They are on record, so that the blocks of a killed executor can be freed. */
export const LEDGER_BLOCKS = 65_536;

/** Triton itself rejects shapes of much lower ranks. The limit keeps a hostile number from causing a long loop. */
export const TENSOR_MAX_RANK = 1_024;

/** Maximum length of a log line or an error text of a guest. Longer texts are cut off. */
export const GUEST_TEXT_MAX_BYTES = 8_192;

/** Maximum number of functions in a trap's text, from the innermost on. A panic has three or four, and the engine records ten frames. */
export const TRAP_FRAMES_MAX = 8;

/** Maximum length of a function's name in a trap's text, which also needs room for the last words of the guest. */
export const TRAP_NAME_MAX_LENGTH = 120;

/** A trap's text shows the size of the memory if it exceeds this share of its limit: many allocators double the memory. */
export const TRAP_MEMORY_SHARE = 0.5;

/**
 * Number of last lines of standard error that explain the end of a WASI guest. A panic of Rust has three, with the reason in the middle.
 */
export const LAST_LINES_MAX = 4;

/** Maximum length of each of these lines. All of them fit into {@link GUEST_TEXT_MAX_BYTES}. */
export const LAST_LINE_MAX_LENGTH = 1_024;

/** Maximum length of a name or value that an error quotes: enough to find it, and short enough for the rest of the sentence. */
export const QUOTED_MAX_LENGTH = 200;

/** Maximum number of metrics of a model. Each changed metric costs one message before the responses. */
export const METRICS_MAX = 64;

/**
 * Maximum number of metrics that an instance may create in its life, deleted ones included. Each is on record for later executors; the record
 * of all of them has less than 16 MB.
 */
export const METRICS_CREATED_MAX = 4_096;

/** Maximum number of labels that a guest may give a metric. */
export const METRIC_LABELS_MAX = 16;

/** Maximum size of these labels, names and values together: they are part of each line of the metrics page. */
export const METRIC_LABELS_MAX_BYTES = 1_024;

/** Maximum number of buckets of a histogram. Each is a line of the metrics page. */
export const METRIC_BUCKETS_MAX = 64;

/** Maximum number of observations of a batch: each costs one message before the responses. */
export const METRIC_OBSERVATIONS_MAX = 1_000;

/**
 * Maximum number of files beside a model. Each is a descriptor of every executor, which may have {@link OPEN_FILES_MAX}. Further files can be
 * packed into one.
 */
export const FILES_MAX = 128;

/** Maximum number of entries in the folder of these files and its folders, so that the guard reads a hostile folder in a short time. */
export const FILES_ENTRIES_MAX = 1_024;

/** Maximum number of folders above a folder of files. */
export const FILES_DEPTH_MAX = 8;

/** Maximum size of a file's path below the folder. */
export const FILES_NAME_MAX_BYTES = 512;

/** Maximum number of these files that a guest may have open through WASI. */
export const FILES_OPEN_MAX = 64;

/** Maximum size of a configuration that a model completes. Usual configurations have some kilobytes. */
export const MODEL_CONFIG_MAX_BYTES = 1024 * 1024;

/**
 * The largest `max_batch_size` that a model may set when it completes its configuration. The server's sequence batcher keeps a queue for
 * each place of a batch: about 49 MiB per instance for this size (measured on 23.12 and 24.10).
 */
export const COMPLETED_BATCH_SIZE_MAX = 65_536;

/** Maximum number of inputs, and of outputs, that a model may complete. Models of all frameworks have fewer. */
export const COMPLETED_TENSORS_MAX = 1_024;

/** Maximum number of preferred batch sizes that a model may complete. Usual models name two or three. */
export const COMPLETED_PREFERRED_SIZES_MAX = 64;

/** The longest queue delay that a model may complete: the default of the time that a batch may take. */
export const COMPLETED_QUEUE_DELAY_MAX_US = 60_000_000;

/** The host fetches random bytes in pieces of this size: the C library may interrupt a longer request. */
export const RANDOM_PIECE_MAX_BYTES = 65_536;

/** Maximum size of an operator's file in the backend's folder. Such a file has about a dozen lines, with comments. */
export const OPERATOR_FILE_MAX_BYTES = 65_536;

/**
 * `check` reports a configuration with more batches, sequences or instances. The server allocates memory for each of them, and aborts when
 * the number is too large.
 */
export const SERVER_COUNT_MAX = 65_536;

/** Maximum number of buffers in one write, or of subscriptions in one poll, of a WASI guest. Libraries use one or two. */
export const WASI_VECTORS_MAX = 1_024;

/** Maximum number of graphs of wasi-nn that a guest may load. Models use one or two. */
export const NN_GRAPHS_MAX = 64;

/**
 * Maximum number of execution contexts of wasi-nn that a guest may have. Their inputs are outside of the guest's memory, and stay when a guest
 * that creates one for each batch forgets them. A guest that uses several models at a time needs some.
 */
export const NN_CONTEXTS_MAX = 64;

/** Maximum size of one write of a WASI guest. Libraries write the rest in another call, and the guest can be stopped in between. */
export const WASI_WRITE_MAX_BYTES = 65_536;

/** Maximum number of parameters of one response. They are kept outside of the guest's memory until the batch is answered. */
export const RESPONSE_PARAMETERS_MAX = 256;

/** Maximum number of characters in all response parameters of a batch. They are in V8's heap until the batch is answered. */
export const BATCH_PARAMETERS_MAX_LENGTH = 16 * 1024 * 1024;

/** The size of a 32-bit memory in pages of 64 KiB, whatever its module declares. */
export const MEMORY_MAX_PAGES = 65_536;

/**
 * Size of V8's heap in an executor. V8 ends a process that exceeds it, even while the process holds a mutex of the region, so a guest must
 * not be able to exceed it. Measured: a stack full of exceptions that legacy handlers hold needs 400 MiB; a stack and all globals full of
 * exnref need 280 MiB (570 bytes for an exception of {@link TAG_MAX_VALUES} vectors).
 */
export const EXECUTOR_HEAP_MAX_MIB = 1_024;

/**
 * Maximum private writable memory of an executor, so that a lack of memory ends the executor, and not a process that the kernel chooses.
 * 4 GiB are the core's memory, which the region replaces; 4 GiB are the largest guest that an operator may allow; 1 GiB each is for V8's
 * heap, for its compilers ({@link FUNCTION_MAX_COMPILE_BYTES}, two threads), for code, and for the rest.
 */
export const EXECUTOR_DATA_MAX_BYTES = 12 * 1024 ** 3;

/** Maximum number of open files of an executor. It needs a dozen, and a few for each thread that starts. */
export const OPEN_FILES_MAX = 256;

/** Maximum number of log lines per second about failed guests of an instance. */
export const FAILURE_LINES_PER_SECOND = 5;

/** Failures within this time count towards `wasm_failures_max`. */
export const FAILURE_WINDOW_MS = 60_000;

/** First and longest pause in which an instance with too many failures answers without a try. The pause doubles with each failed try. */
export const UNAVAILABLE_MIN_MS = 1_000;
export const UNAVAILABLE_MAX_MS = 60_000;

/**
 * The guard starts a spare executor this long before a guest's deadline, so that the spare is ready when the deadline ends the executor.
 */
export const SPARE_LEAD_MS = 150;

/**
 * Stack of a guest and of the host functions that it calls, in KiB. It is half of the 8 MiB of a Linux thread, as in a worker of Node.
 */
export const GUEST_STACK_KIB = 4_000;

/**
 * Bytes of the region that each request which a guest keeps has in reserve. The error that ends it needs about 700, if the region is full
 * then.
 */
export const OPEN_SPARE_BYTES = 2_048;

/** How often a model with a function for the readiness looks for the server's question, in milliseconds. */
export const READINESS_WAIT_MS = 50;
/**
 * The server waits 5 s for the answer to its question, and then may free it. A question that may be older than this, since the model was
 * busy, is not answered. The rest of the 5 s is for the guest, and for reading the answer.
 */
export const READINESS_FRESH_MS = 2_500;
/** Deadline of the guest's function for the readiness, in milliseconds. */
export const READINESS_DEADLINE_MS = 1_000;
/** So long the text of an error stays in the region for the server, in milliseconds; NVIDIA's stub waits as long. */
export const READINESS_LEAVE_MAX_MS = 5_000;
