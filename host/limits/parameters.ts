/** The limits that a model's configuration may set, each with the reason for its default and its ceiling. */

/** A limit that a model's configuration may set. All numbers are in the unit of the parameter's name. */
export interface ModelLimit {
  readonly parameter: string;
  /** The smallest and the largest value that an operator or a model may set. */
  readonly min: number;
  readonly max: number;
  /** The value of a model that does not set the parameter, unless the ceiling is lower. */
  readonly default: number;
  /** The largest value that a model may set, unless the operator sets another ceiling (docs/security.md). */
  readonly ceiling: number;
}

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;
/** A deadline above a day is a mistake. The clock of the mapping has 31 bits of milliseconds, which is more. */
const DAY_MS = 24 * HOUR_MS;

/**
 * Maximum memory of one guest. The default is chosen for the memory of a node, and not for the needs of a model. The ceiling is not higher:
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
 * Maximum number of entries in all tables of a guest. Compilers make one per function pointer. An entry needs memory of the engine that no
 * other limit includes, hence the ceiling.
 */
export const TABLE_MAX_ENTRIES: ModelLimit = {
  parameter: "wasm_table_max_entries",
  min: 0,
  max: 1_000_000,
  default: 100_000,
  ceiling: 100_000,
};

/**
 * Maximum size of a module. A larger one is rejected before it is compiled, since a compilation cannot be interrupted. A compilation needs
 * about ten times the size of the module: at the ceiling, that is less than a guest may have.
 */
export const MODULE_MAX_BYTES: ModelLimit = {
  parameter: "wasm_module_max_bytes",
  min: 8,
  max: 1024 * MIB,
  default: 64 * MIB,
  ceiling: 64 * MIB,
};

/**
 * Deadline of a batch. The default is the longest time that a client usually waits. At the ceiling, a guest in a loop uses a core for an
 * hour.
 */
export const EXECUTE_DEADLINE_MS: ModelLimit = {
  parameter: "wasm_execute_deadline_ms",
  min: 1,
  max: DAY_MS,
  default: 60_000,
  ceiling: HOUR_MS,
};

/**
 * Deadline of `triton_initialize`, of `triton_auto_complete`, and of the start of a module. The server waits for a load without a limit, so
 * the ceiling limits its wait.
 */
export const INITIALIZE_DEADLINE_MS: ModelLimit = {
  parameter: "wasm_initialize_deadline_ms",
  min: 1,
  max: DAY_MS,
  default: 60_000,
  ceiling: HOUR_MS,
};

/**
 * Maximum size of the outputs of one batch. They are in the region, which never shrinks, and ends at 4 GiB. When a client asks for JSON,
 * the server keeps up to 68 bytes for each element, and up to 20 bytes for each byte of larger elements (measured on 23.12 and 24.10). An
 * element counts at least 4 bytes, so one request can cost up to 20 times the limit: 1.3 GiB by default, 2.5 GiB at the ceiling.
 */
export const OUTPUT_MAX_BYTES: ModelLimit = {
  parameter: "wasm_output_max_bytes",
  min: 0,
  max: 4096 * MIB,
  default: 64 * MIB,
  ceiling: 128 * MIB,
};

/**
 * Maximum size of all files beside the model (`files`). They are not loaded; a guest reads pieces of them. The default is that of a large
 * vocabulary or table. The ceiling bounds what a model can read from the storage of the repository.
 */
export const FILES_MAX_BYTES: ModelLimit = {
  parameter: "wasm_files_max_bytes",
  min: 0,
  max: 4096 * MIB,
  default: 256 * MIB,
  ceiling: 1024 * MIB,
};

/**
 * Maximum number of log lines per second. Each costs the server a message; with 10,000 per second it still answers other models' requests.
 */
export const LOG_MAX_LINES: ModelLimit = {
  parameter: "wasm_log_max_lines_per_second",
  min: 0,
  max: 100_000,
  default: 1_000,
  ceiling: 10_000,
};

/**
 * Maximum size of the log lines per second. The log usually goes to the disk of the node: at most 84 GiB a day by default, 337 GiB at the
 * ceiling.
 */
export const LOG_MAX_BYTES: ModelLimit = {
  parameter: "wasm_log_max_bytes_per_second",
  min: 0,
  max: 64 * MIB,
  default: MIB,
  ceiling: 4 * MIB,
};

/**
 * Number of calls of other models that an instance may have in flight. Each holds a thread of the server, which has 32 of them for an
 * instance (`thread-pool-size`). If all wait for calls that need a thread in turn, the server waits for ever, hence the ceiling.
 */
export const CALLS_MAX: ModelLimit = {
  parameter: "wasm_calls_max",
  min: 0,
  max: 256,
  default: 16,
  ceiling: 24,
};

/**
 * Time that a guest may wait for other models while it executes a batch. Its own deadline does not run meanwhile. The default and the
 * ceiling are those of the batch's deadline, for the same reasons.
 */
export const CALL_DEADLINE_MS: ModelLimit = {
  parameter: "wasm_call_deadline_ms",
  min: 1,
  max: DAY_MS,
  default: 60_000,
  ceiling: HOUR_MS,
};

/**
 * Number of guests of an instance that may fail within {@link FAILURE_WINDOW_MS} before the instance becomes unavailable for some time. A
 * guest that may fail often uses a core for the start of the next one.
 */
export const FAILURES_MAX: ModelLimit = {
  parameter: "wasm_failures_max",
  min: 1,
  max: 1_000,
  default: 5,
  ceiling: 20,
};

/**
 * Maximum number of requests of an instance that the guest keeps open after its execution. Each holds the blocks of its inputs in the
 * region, which never shrinks, so the ceiling is not far above the default.
 */
export const OPEN_REQUESTS_MAX: ModelLimit = {
  parameter: "wasm_open_requests_max",
  min: 0,
  max: 4_096,
  default: 256,
  ceiling: 1_024,
};

/**
 * Maximum number of responses per second that a guest sends by calls of its own. Each costs the server an exchange of messages and a thread
 * of its pool: with 100,000 per second it does nothing else. A guest that sends faster waits.
 */
export const RESPONSES_MAX: ModelLimit = {
  parameter: "wasm_responses_max_per_second",
  min: 1,
  max: 1_000_000,
  default: 20_000,
  ceiling: 100_000,
};

/**
 * Maximum size of these responses per second. The server copies each output and keeps it until the client has read it, so a flood for a
 * slow client fills the memory of the node. A guest that sends faster waits.
 */
export const RESPONSE_MAX_BYTES: ModelLimit = {
  parameter: "wasm_response_max_bytes_per_second",
  min: 1,
  max: 64 * 1024 * MIB,
  default: 256 * MIB,
  ceiling: 1024 * MIB,
};

/**
 * Time after which an open request that the guest does not finish gets an error. The server unloads no model that has an open request, so
 * an unload waits for this time at most.
 */
export const STREAM_DEADLINE_MS: ModelLimit = {
  parameter: "wasm_stream_deadline_ms",
  min: 1,
  max: DAY_MS,
  default: 60_000,
  ceiling: HOUR_MS,
};
