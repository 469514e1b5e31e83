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

/** Stack that a host function needs, in frames of a small function (some 70 bytes): twice the deepest, a log line that grows the region. */
export const HOST_CALL_STACK_FRAMES = 64;

/** The same for a host function that only looks something up, which is most of them: half the price per call. 16 is too few. */
export const LIGHT_CALL_STACK_FRAMES = 32;
