import { LEDGER_BLOCKS } from "../../limits.js";
import { HISTORY_SLOTS } from "../../sandbox/guest-history.js";

/**
 * The memory that the guard and its executors share. This table is the only description of it: `scripts/native-headers.mjs` makes
 * native/generated/mapping.h of it, and a test compares the two.
 *
 * While an executor runs, each field has the writer that is named here. While there is none, the guard writes all of them.
 */

/** A number of 32 bits, little endian, or so many bytes. */
export type FieldType = "u32" | { readonly bytes: number };

export type Writer = "executor" | "guard" | "both";

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly writer: Writer;
  readonly what: string;
}

/** Bytes of a sentence. */
export const TEXT_BYTES = 8_192;
/** Requests of one batch whose response factories can be noted. */
export const FACTORIES_MAX = 65_536;

/** The running call, in the two low bits of `phase`; the bits above are the number of the call. */
export const PHASE = { open: 0, locked: 1, killed: 2 } as const;
export const PHASE_BITS = 2;
/** Values of `limit`: which limit the deadline of the running call comes from. */
export const LIMIT = { execute: 0, initialize: 1, finalize: 2 } as const;
/** Values of `command`. */
export const COMMAND_STATE = { waiting: 0, taken: 1, answered: 2 } as const;
/** Values of `push`: the queue into which a handle is being put. */
export const PUSH = { none: 0, answers: 1, side: 2 } as const;
/** Values of `exchange`. */
export const EXCHANGE = { none: 0, underWay: 1, acknowledging: 2 } as const;
/** Values of `outcome`: why an executor ends by itself. */
export const OUTCOME = { none: 0, refused: 1, mistrusted: 2, loadFailed: 3, finalised: 4 } as const;
/** Values of `stop_kind`: how the executor before has ended. */
export const STOP = { none: 0, deadline: 1, died: 2 } as const;

/** Values of `instance`: what the server has been told of the load. */
export const INSTANCE = { unknown: 0, initialised: 1, failed: 2 } as const;

/**
 * Values of `needs_executor`: when an execution that a death has cut off cannot be answered without codecs. An answer for the whole batch
 * needs none: never, while the responses travel in it; always, up to 24.05, for a decoupled model; from 24.06 to 24.09 while no response factory
 * is noted, for those must be given back; from 24.10 on, for a decoupled model, when a response has been sent.
 */
export const NEEDS_EXECUTOR = {
  never: 0,
  always: 1,
  withoutFactories: 2,
  afterResponse: 3,
} as const;

/** Number of this table, in its first field. */
export const MAPPING_VERSION = 4;

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
/** A sentence: its length, and its bytes in UTF-8. */
const text = (writer: Writer, name: string, what: string): Field[] => [
  u32(writer, `${name}_length`, `bytes of ${name}`),
  bytes(writer, name, TEXT_BYTES, what),
];
/** An answer that lies ready in the region. Offsets are from the start of the region; 0: there is none. */
const prepared = (name: string, what: string): Field[] => [
  u32("executor", name, `handle of the message that says ${what}`),
  u32("executor", `${name}_text_at`, "where its reason goes"),
  u32("executor", `${name}_length_at`, "where the 64-bit length of that text is"),
  u32("executor", `${name}_capacity`, "bytes that a reason may have in all of its texts"),
  u32("executor", `${name}_sentence_at`, "where the reason goes in its second text"),
  u32("executor", `${name}_sentence_length_at`, "where the 64-bit length of that text is"),
  u32("executor", `${name}_sentence_prefix`, "bytes of the second text before the reason"),
];

export const FIELDS: readonly Field[] = [
  u32(
    "guard",
    "version",
    "number of this table: a guard and an executor of two builds do not run together",
  ),

  u32(
    "both",
    "phase",
    "number of the running call, and whether the guard may end the executor now",
  ),
  u32("executor", "deadline_ms", "time that the running call may take; 0: any, or there is none"),
  u32("executor", "started_ms", "low bits of the monotonic clock in milliseconds when it began"),
  u32("executor", "limit", "which limit deadline_ms comes from"),
  u32(
    "guard",
    "looks_at_ms",
    "low bits of that clock when the guard looks next: an earlier deadline has to wake it up",
  ),

  u32("executor", "command", "what has become of the server's command"),
  u32("executor", "command_handle", "handle of its message"),
  u32("executor", "command_tail", "tail of the command queue before the message was taken"),
  u32("executor", "needs_executor", "when an execution cannot be answered without codecs"),
  u32(
    "executor",
    "metrics_open",
    "1: metrics have to be closed before the server is told that the instance has ended",
  ),

  u32("executor", "push", "the queue into which a handle is being put"),
  u32("executor", "push_head", "head of that queue before"),
  u32("executor", "push_sends", "1: the message brings a response to a request"),
  u32("executor", "sent_responses", "requests of the batch in work that have their response"),

  u32(
    "executor",
    "exchange",
    "what has become of the message that is under way beside the commands",
  ),
  u32("executor", "exchange_mutex_at", "where its mutex is in the region"),
  u32("executor", "exchange_condition_at", "where its condition variable is"),
  u32("executor", "exchange_flag_at", "where the byte is that the server sets when it is done"),

  ...prepared("failed_batch", "that a batch has failed"),
  ...prepared("failed_load", "that the model cannot be initialised"),
  ...prepared("failed_completion", "that the configuration cannot be completed"),
  u32(
    "executor",
    "failed_completion_config_at",
    "where the handle of the configuration goes that stays as it is; 0: nowhere",
  ),

  u32("executor", "ready", "1: it waits for commands, or has taken one"),
  u32("executor", "serving", "1: it has taken a command"),
  u32("executor", "outcome", "why it ends by itself"),
  ...text("executor", "outcome_text", "the sentence that says so"),
  u32("guard", "restarts", "executors before this one"),
  u32("guard", "stop_kind", "how the one before has ended"),
  ...text("guard", "stop_text", "the sentence that says so"),

  bytes(
    "executor",
    "record",
    8 * HISTORY_SLOTS,
    "failures of the instance's guests, and their memory",
  ),
  bytes(
    "executor",
    "ledger",
    4 * (1 + LEDGER_BLOCKS),
    "the blocks of the region that the command in work has constructed",
  ),
  u32("executor", "factory_count", "response factories that have to be given back to the server"),
  bytes("executor", "factories", 8 * FACTORIES_MAX, "their addresses there"),

  u32(
    "executor",
    "instance",
    "what the server is told of the load; written before the answer that says it is put into the queue",
  ),
  u32(
    "executor",
    "push_sent",
    "what sent_responses is once the handle of the push is in its queue",
  ),
  u32(
    "executor",
    "push_factories",
    "what factory_count is once the handle of the push is in its queue",
  ),
  u32(
    "guard",
    "wanted",
    "phase `killed` of a call that is over its time: as it comes back from the host, it waits for its end; 0: none",
  ),

  u32(
    "executor",
    "undo_log",
    "handle of the block in which the core notes what a change of the heap overwrites; 0: there is none yet",
  ),
];

/** Where a field is in the mapping, in bytes. */
export interface Place {
  readonly offset: number;
  readonly bytes: number;
}

/** Places of the fields, in the order of the table; lists begin at a multiple of 8. */
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
