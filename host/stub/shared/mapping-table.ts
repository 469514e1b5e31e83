import { CALL_SLOTS, LEDGER_BLOCKS, OPEN_REQUESTS_MAX } from "../../limits.js";
import { HISTORY_SLOTS } from "../../sandbox/guest-history.js";

/**
 * The memory that the guard and its executors share. This table is its only description: `scripts/native-headers.mjs` generates
 * native/generated/mapping.h from it, and the build compares the two.
 *
 * While an executor runs, each field has the writer of this table. While no executor runs, the guard writes all fields.
 */

/** A 32-bit number in little endian, or a number of bytes. */
export type FieldType = "u32" | { readonly bytes: number };

export type Writer = "executor" | "guard" | "both";

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly writer: Writer;
  readonly what: string;
}

/** Maximum length of a sentence in bytes. */
export const TEXT_BYTES = 8_192;
/** Maximum number of words that one push changes. */
export const EFFECTS_MAX = 16;
/** Maximum number of response factories on record. */
export const FACTORIES_MAX = 65_536;

/** Values of the two low bits of `phase`. The bits above are the number of the running call. */
export const PHASE = { open: 0, locked: 1, killed: 2 } as const;
export const PHASE_BITS = 2;
/** Values of `limit`: the limit that the deadline of the running call comes from. */
export const LIMIT = { execute: 0, initialize: 1, finalize: 2 } as const;
/** Values of `command`. */
export const COMMAND_STATE = { waiting: 0, taken: 1, answered: 2 } as const;
/** Values of `push`: the queue into which a handle is being put. */
export const PUSH = { none: 0, answers: 1, side: 2 } as const;
/** Values of the state of an open request: see `open_requests`. */
export const OPEN_STATE = { free: 0, open: 1, closed: 2 } as const;
/** Number of words of an entry of `open_requests`. */
export const OPEN_WORDS = 8;
/** Values of `exchange`. */
export const EXCHANGE = { none: 0, underWay: 1, acknowledging: 2 } as const;
/** Values of `outcome`: why an executor ends by itself. */
export const OUTCOME = {
  none: 0,
  refused: 1,
  wrongRelease: 2,
  loadFailed: 3,
  finalised: 4,
} as const;
/** Values of `stop_kind`: how the executor before this one ended. */
export const STOP = { none: 0, deadline: 1, died: 2 } as const;

/** Values of `instance`: the answer to the load. */
export const INSTANCE = { unknown: 0, initialised: 1, failed: 2 } as const;

/**
 * Values of `needs_executor`: when the guard cannot answer the batch of an executor that has died, since the answer needs codecs.
 * - never: the responses are in the answer, and one error answers the whole batch
 * - always: decoupled models up to 24.05
 * - withoutFactories: 24.06 to 24.09, while no response factory is on record; an executor must read their addresses to give them back
 * - afterResponse: decoupled models from 24.10 on, after a response was sent
 */
export const NEEDS_EXECUTOR = {
  never: 0,
  always: 1,
  withoutFactories: 2,
  afterResponse: 3,
} as const;

/** Version of this table, which its first field has. */
export const MAPPING_VERSION = 7;

const u32 = (writer: Writer, name: string, what: string): Field => ({
  name,
  type: "u32",
  writer,
  what,
});
const bytes = (writer: Writer, name: string, count: number, what: string): Field => ({
  name,
  type: { bytes: count },
  writer,
  what,
});
/** Two fields: the length of a sentence, and its bytes in UTF-8. */
const text = (writer: Writer, name: string, what: string): Field[] => [
  u32(writer, `${name}_length`, `bytes of ${name}`),
  bytes(writer, name, TEXT_BYTES, what),
];
/** The fields of a prepared answer. Offsets are from the start of the region; 0: the answer has no such text. */
const prepared = (name: string, what: string): Field[] => [
  u32("executor", name, `handle of the prepared message, which reports ${what}`),
  u32("executor", `${name}_text_at`, "offset of its reason"),
  u32("executor", `${name}_length_at`, "offset of the 64-bit length of that text"),
  u32("executor", `${name}_capacity`, "maximum length of a reason in bytes"),
  u32("executor", `${name}_sentence_at`, "offset of the reason in its second text"),
  u32("executor", `${name}_sentence_length_at`, "offset of the 64-bit length of that text"),
  u32(
    "executor",
    `${name}_sentence_prefix`,
    "length of the second text before the reason in bytes",
  ),
];

export const FIELDS: readonly Field[] = [
  u32("guard", "version", "version of this table: a guard rejects an executor of another version"),

  u32("both", "phase", "number of the running call, and whether the guard may kill the executor"),
  u32("executor", "deadline_ms", "time limit of the running call; 0: no limit, or no call"),
  u32(
    "executor",
    "started_ms",
    "start of the running call: low bits of the monotonic clock in milliseconds",
  ),
  u32("executor", "limit", "the limit that deadline_ms comes from"),
  u32(
    "guard",
    "looks_at_ms",
    "time at which the guard looks next, in the same clock; an executor with an earlier deadline wakes it up",
  ),

  u32("executor", "command", "state of the server's command"),
  u32("executor", "command_handle", "handle of its message"),
  u32("executor", "command_tail", "tail of the command queue before the message was taken"),
  u32(
    "executor",
    "needs_executor",
    "when the guard cannot answer a batch, since the answer needs codecs",
  ),
  u32(
    "executor",
    "metrics_open",
    "1: metrics must be released before the answer that ends the instance",
  ),

  u32("executor", "push", "the queue that a handle is being pushed to"),
  u32("executor", "push_head", "head of that queue before the push"),
  u32("executor", "push_effect_count", "number of words that have another value after the push"),
  bytes(
    "executor",
    "push_effects",
    8 * EFFECTS_MAX,
    "for each of these words: its place in this table in bytes, and its value after the push",
  ),
  u32(
    "executor",
    "sent_responses",
    "number of requests of the current batch that have their response",
  ),

  u32("executor", "exchange", "state of the exchange with the server beside the commands"),
  u32("executor", "exchange_mutex_at", "offset of its mutex in the region"),
  u32("executor", "exchange_condition_at", "offset of its condition variable"),
  u32("executor", "exchange_flag_at", "offset of the byte that the server sets when it is done"),

  ...prepared("failed_batch", "that a batch has failed"),
  ...prepared("failed_load", "that the model cannot be initialised"),
  ...prepared("failed_completion", "that the configuration cannot be completed"),
  u32(
    "executor",
    "failed_completion_config_at",
    "offset for the handle of the unchanged configuration; 0: none",
  ),

  u32("executor", "ready", "1: the executor waits for commands, or has taken one"),
  u32("executor", "serving", "1: the executor has taken a command"),
  u32("executor", "outcome", "why the executor ends by itself"),
  ...text("executor", "outcome_text", "the sentence with the reason"),
  u32("guard", "restarts", "number of executors before this one"),
  u32("guard", "stop_kind", "how the executor before this one ended"),
  ...text("guard", "stop_text", "the sentence with the reason"),

  bytes(
    "executor",
    "record",
    8 * HISTORY_SLOTS,
    "failure history of the instance's guests, and their memory",
  ),
  bytes(
    "executor",
    "ledger",
    4 * (1 + LEDGER_BLOCKS),
    "the blocks of the region that the current command has constructed",
  ),
  u32(
    "executor",
    "factory_count",
    "number of response factories that must be given back to the server",
  ),
  bytes("executor", "factories", 8 * FACTORIES_MAX, "their addresses in the server"),

  u32("executor", "instance", "answer to the load; written before the answer is pushed"),
  u32(
    "guard",
    "wanted",
    "phase `killed` of a call after its deadline: the executor waits for its end when it leaves a section; 0: none",
  ),

  u32("executor", "batch_number", "number of the last command that was taken"),
  u32("executor", "batch_ended", "number of the last batch that was answered with success"),
  bytes(
    "executor",
    "answered",
    4 * FACTORIES_MAX,
    "for each request of the batch: number of the last batch in which the request of this index had its last response",
  ),
  bytes(
    "executor",
    "open_requests",
    4 * OPEN_WORDS * OPEN_REQUESTS_MAX.max,
    "requests that the guest keeps: state, batch in which it kept the request, handle of the list of held blocks, handle of the spare block, address of the response factory in two words, 0, 0",
  ),
  u32(
    "executor",
    "undo_log",
    "handle of the block in which the core saves the words that a change of the heap overwrites; 0: not yet made",
  ),

  bytes(
    "executor",
    "calls",
    4 * CALL_SLOTS,
    "handles of the records of calls of other models that are not complete; 0: free",
  ),
  u32("executor", "streamed_message", "handle of a streamed response that is being taken; 0: none"),
  u32("executor", "streamed_tail", "tail of the queue of streams before it was taken"),
  u32("executor", "streamed_mutex_at", "offset of its mutex while the executor uses it; 0: none"),
];

/** Place of a field in the mapping, in bytes. */
export interface Place {
  readonly offset: number;
  readonly bytes: number;
}

/** Places of the fields, in the order of the table. Lists begin at a multiple of 8. */
export function placesOf(fields: readonly Field[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  let offset = 0;
  for (const { name, type } of fields) {
    if (type !== "u32") offset = Math.ceil(offset / 8) * 8;
    const bytes = type === "u32" ? 4 : type.bytes;
    places.set(name, { offset, bytes });
    offset += bytes;
  }
  return places;
}

/** Size of the mapping in bytes. */
export const MAPPING_BYTES = Math.max(
  ...[...placesOf(FIELDS).values()].map(({ offset, bytes }) => offset + bytes),
);
