/** Texts at fixed places of a guest's memory that calls other models. */
const PLACES = {
  INPUT0: 1000,
  OUTPUT0: 1010,
  identity: 1020,
  absent: 1030,
  refuses: 1040,
} as const;

export const CALL_TEXTS = Object.entries(PLACES)
  .map(([text, place]) => `(data (i32.const ${place}) "${text}")`)
  .join(" ");

const textAt = (text: keyof typeof PLACES) => `(i32.const ${PLACES[text]}) (i32.const ${text.length})`;

/** Creates a call of the latest version of a model: call 0. */
export function callOf(model: keyof typeof PLACES): string {
  return `(drop (call $call_create ${textAt(model)} (i64.const -1)))`;
}

/** Input 0 of request 0 becomes the input of call 0. */
export const shared = `(if (call $call_input_from (i32.const 0) ${textAt("INPUT0")} (i32.const 0) (i32.const 0)) (then unreachable))`;

/** Sends call 0, and waits for its response. */
export const send = `
  (if (call $call_send (i32.const 0) (i32.const 0)) (then unreachable))
  (if (i32.ne (call $call_wait (i32.const 0) (i32.const 30000)) (i32.const 1)) (then unreachable))`;

/** Output 0 of call 0 becomes output 0 of request 0. */
export const forward =
  "(drop (call $output_forward (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))";
