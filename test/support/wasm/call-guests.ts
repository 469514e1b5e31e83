/** Texts at fixed places of a guest's memory that calls other models. */
const PLACES = {
  INPUT0: 1000,
  OUTPUT0: 1010,
  identity: 1020,
  absent: 1030,
  refuses: 1040,
  sleeps: 1050,
  forwards: 1060,
  itself: 1070,
  repeat: 1080,
  reloaded: 1090,
  slow: 1100,
} as const;
export type CalledModel = keyof typeof PLACES;

/** Names and a buffer of 8 KiB from 4096 on. */
export const CALL_TEXTS = Object.entries(PLACES)
  .map(([text, place]) => `(data (i32.const ${place}) "${text}")`)
  .join(" ");

export const textAt = (text: CalledModel) =>
  `(i32.const ${PLACES[text]}) (i32.const ${text.length})`;

/** Creates a call of the latest version of a model. Calls are numbered from 0. */
export function callOf(model: CalledModel): string {
  return `(drop (call $call_create ${textAt(model)} (i64.const -1)))`;
}

/** Input 0 of request 0 becomes the input of a call. */
export function shared(call = 0): string {
  return `(if (call $call_input_from (i32.const ${call}) ${textAt("INPUT0")} (i32.const 0) (i32.const 0)) (then unreachable))`;
}

/** Sends a call. @param streams 1 if the model may be decoupled */
export function send(call = 0, streams = 0): string {
  return `(if (call $call_send (i32.const ${call}) (i32.const ${streams})) (then unreachable))`;
}

/** Waits for the response to a call. */
export function wait(call = 0, milliseconds = 30_000): string {
  return `(if (i32.ne (call $call_wait (i32.const ${call}) (i32.const ${milliseconds})) (i32.const 1)) (then unreachable))`;
}

/** Output 0 of a call becomes output 0 of request 0. */
export function forward(call = 0): string {
  return `(drop (call $output_forward (i32.const 0) (i32.const 0) (i32.const ${call}) (i32.const 0)))`;
}

/** The error of a call becomes the error of request 0. */
export function passError(call = 0): string {
  return `(drop (call $response_error (i32.const 0) (call $call_error_code (i32.const ${call})) (i32.const 4096)
    (call $call_error (i32.const ${call}) (i32.const 4096) (i32.const 8192))))`;
}

/** The reason of the last refusal becomes the error of request 0. */
export const PASS_REFUSAL = `(drop (call $response_error (i32.const 0) (i32.const 4) (i32.const 4096)
  (call $last_error (i32.const 4096) (i32.const 8192))))`;

/** Runs `then` if the tensor of request 0 has this many floats. */
export function ifFloats(count: number, then: string): string {
  return `(if (i32.eq (call $input_byte_size (i32.const 0) (i32.const 0)) (i32.const ${4 * count})) (then ${then}))`;
}
