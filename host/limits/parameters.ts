/** The limits that a model's configuration may set, each with the reason for its default and its ceiling. */

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
