import { floatConfig, type ModelRepository, parameter } from "../../support/triton/repository.js";
import type { TritonServer } from "../../support/triton/server.js";
import { floats, type Tensor } from "../../support/triton/tensors.js";
import { guest } from "../../support/wasm/guests.js";

export const DECOUPLED = "model_transaction_policy { decoupled: true }";

/** What the guest does with a request that asks for `count` responses. */
export const MODE = {
  /** Sends all, then the last flag alone. */
  bareFlag: 0,
  /** The last response has the last flag. */
  lastResponse: 1,
  /** Sends all, and leaves the end to the host. */
  noFinish: 2,
  /** Keeps the request, and sends one response in each poll. */
  polls: 3,
  /** Sends all, then traps. */
  trap: 4,
  /** Sends all, then never returns. */
  endless: 5,
  /** Keeps the request, sends all, and never finishes it. */
  forgotten: 6,
  /** Sends all, then an error as the last response. */
  error: 7,
  /** As `polls`, and traps after half of the responses. */
  trapInPoll: 8,
  /** As `polls`, and never returns after half of the responses. */
  endlessInPoll: 9,
  /** Keeps the request, and finishes it with a response before it returns. */
  keptAndFinished: 10,
  /** As `polls`, until the client has cancelled the request. */
  untilCancelled: 11,
} as const;

/*
 * The last response has the last flag, but for `bareFlag` and `noFinish`: 24.08 sometimes does not end the client's stream after a flag
 * without a response, also with NVIDIA's stub.
 */
/** Entries of 16 bytes for each request that the guest keeps: handle, responses left, mode, half of the responses. */
const TABLE = 4096;
const TABLE_END = TABLE + 16 * 512;

const MORE = `
  (func $answer (param $r i32)
    (drop (call $output_copy_input (local.get $r) (i32.const 0) (i32.const 0))))
  (func $send (param $r i32) (call $answer (local.get $r)) (drop (call $response_send (local.get $r))))
  (func $sends (param $r i32) (param $count i32)
    (block $done (loop $next
      (br_if $done (i32.le_s (local.get $count) (i32.const 0)))
      (call $send (local.get $r))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br $next))))
  (func $number (param $r i32) (param $index i32) (result i32)
    (drop (call $input_read (local.get $r) (i32.const 0) (i32.mul (local.get $index) (i32.const 4)) (i32.const 128) (i32.const 4)))
    (i32.trunc_sat_f32_s (f32.load (i32.const 128))))
  (func $keep (param $r i32) (param $count i32) (param $mode i32) (local $at i32)
    (local.set $at (i32.const ${TABLE}))
    (block $found (loop $next
      (br_if $found (i32.eqz (i32.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br $next)))
    (i32.store (local.get $at) (call $request_keep (local.get $r)))
    (i32.store offset=4 (local.get $at) (local.get $count))
    (i32.store offset=8 (local.get $at) (local.get $mode))
    (i32.store offset=12 (local.get $at) (i32.div_u (local.get $count) (i32.const 2)))
    (drop (call $poll_after (call $number (local.get $r) (i32.const 2)))))
  (func $step (param $at i32) (local $handle i32) (local $left i32) (local $mode i32)
    (local.set $handle (i32.load (local.get $at)))
    (local.set $left (i32.load offset=4 (local.get $at)))
    (local.set $mode (i32.load offset=8 (local.get $at)))
    (if (i32.eq (local.get $mode) (i32.const ${MODE.untilCancelled})) (then
      (if (call $request_is_cancelled (local.get $handle)) (then
        (drop (call $response_error (local.get $handle) (i32.const 7) (i32.const 16) (i32.const 17)))
        (drop (call $response_finish (local.get $handle)))
        (i32.store (local.get $at) (i32.const 0))
        return))))
    (if (i32.eq (local.get $left) (i32.load offset=12 (local.get $at))) (then
      (if (i32.eq (local.get $mode) (i32.const ${MODE.trapInPoll})) (then unreachable))
      (if (i32.eq (local.get $mode) (i32.const ${MODE.endlessInPoll})) (then (loop $for_ever (br $for_ever))))))
    (if (i32.le_s (local.get $left) (i32.const 1)) (then
      (call $answer (local.get $handle))
      (drop (call $response_finish (local.get $handle)))
      (i32.store (local.get $at) (i32.const 0))
      return))
    (call $send (local.get $handle))
    (i32.store offset=4 (local.get $at) (i32.sub (local.get $left) (i32.const 1)))
    (drop (call $poll_after (call $number (local.get $handle) (i32.const 2)))))
  (func (export "triton_poll") (result i32) (local $at i32)
    (local.set $at (i32.const ${TABLE}))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (i32.const ${TABLE_END})))
      (if (i32.load (local.get $at)) (then (call $step (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br $next)))
    (i32.const 0))
  (func $serve (param $r i32) (local $count i32) (local $mode i32)
    (local.set $count (call $number (local.get $r) (i32.const 0)))
    (local.set $mode (call $number (local.get $r) (i32.const 1)))
    (if (i32.eq (local.get $mode) (i32.const ${MODE.keptAndFinished})) (then
      (drop (call $request_keep (local.get $r)))
      (call $sends (local.get $r) (i32.sub (local.get $count) (i32.const 1)))
      (call $answer (local.get $r))
      (drop (call $response_finish (local.get $r)))
      return))
    (if (i32.or (i32.or (i32.eq (local.get $mode) (i32.const ${MODE.polls})) (i32.eq (local.get $mode) (i32.const ${MODE.trapInPoll})))
        (i32.or (i32.eq (local.get $mode) (i32.const ${MODE.untilCancelled})) (i32.eq (local.get $mode) (i32.const ${MODE.endlessInPoll})))) (then
      (call $keep (local.get $r) (local.get $count) (local.get $mode))
      return))
    (if (i32.eq (local.get $mode) (i32.const ${MODE.lastResponse})) (then
      (call $sends (local.get $r) (i32.sub (local.get $count) (i32.const 1)))
      (call $answer (local.get $r))
      (drop (call $response_finish (local.get $r)))
      return))
    (call $sends (local.get $r) (local.get $count))
    (if (i32.eq (local.get $mode) (i32.const ${MODE.bareFlag})) (then (drop (call $response_finish (local.get $r)))))
    (if (i32.eq (local.get $mode) (i32.const ${MODE.trap})) (then unreachable))
    (if (i32.eq (local.get $mode) (i32.const ${MODE.endless})) (then (loop $for_ever (br $for_ever))))
    (if (i32.eq (local.get $mode) (i32.const ${MODE.forgotten})) (then (drop (call $request_keep (local.get $r)))))
    (if (i32.eq (local.get $mode) (i32.const ${MODE.error})) (then
      (drop (call $response_error (local.get $r) (i32.const 4) (i32.const 16) (i32.const 17)))
      (drop (call $response_finish (local.get $r))))))`;

const EXECUTE = `
  (loop $next
    (if (i32.lt_u (local.get $i) (call $request_count)) (then
      (call $serve (local.get $i))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $next))))
  (i32.const 0)`;

/** Adds a model of a guest with the modes above. @param limits parameters of the model */
export function addStreamModel(
  repository: ModelRepository,
  name: string,
  limits: Readonly<Record<string, string>> = {},
): void {
  const parameters = Object.entries(limits).map(([key, value]) => parameter(key, value));
  repository.add(name, floatConfig("wasm", [DECOUPLED, ...parameters].join("\n")), {
    "model.wasm": guest(EXECUTE, MORE),
  });
}

/** The request for `count` responses. @param delayMs time between two polls */
export function streamInput(count: number, mode: keyof typeof MODE, delayMs = 0): Tensor {
  return floats("INPUT0", [count, MODE[mode], delayMs]);
}

/** What came of a request: the number of its responses, and its error. */
export interface StreamResult {
  readonly responses: number;
  readonly error: string | undefined;
}

/** Sends a request for `count` responses. Each response must have the bytes of the request. */
export async function ask(
  server: TritonServer,
  model: string,
  count: number,
  mode: keyof typeof MODE,
  delayMs = 0,
): Promise<StreamResult> {
  const input = streamInput(count, mode, delayMs);
  const { answers, error } = await server.grpc.stream(model, [input]).end;
  const full = answers.filter(({ outputs }) => outputs.length > 0);
  for (const { outputs } of full) {
    if (Buffer.compare(outputs[0]!.bytes, input.bytes) !== 0) throw new Error("other bytes");
  }
  return { responses: full.length, error: error?.message };
}
