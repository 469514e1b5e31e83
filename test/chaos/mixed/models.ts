import { pythonModel } from "../../support/python/environment.js";
import {
  floatConfig,
  instances,
  ModelRepository,
  parameter,
} from "../../support/triton/repository.js";
import {
  CALL_TEXTS,
  type CalledModel,
  callOf,
  forward,
  PASS_REFUSAL,
  passError,
  shared,
  wait,
} from "../../support/wasm/call-guests.js";
import { COPY_ALL, guest } from "../../support/wasm/guests.js";
import { addStreamModel, DECOUPLED } from "../../triton/streams/stream-guest.js";
import { POLLING } from "./polling-guest.js";

/** What a guest of `calls` does with a request: the first number of its input. */
export const CALL_MODE = {
  /** Passes the answer of a WebAssembly model on. */
  forward: 0,
  /** Passes the answer of a model in Python on. */
  python: 1,
  /** Four calls in flight, whose answers it takes in any order. */
  several: 2,
  /** Waits for a slow model no longer than some milliseconds, and leaves it. */
  impatient: 3,
  /** Does not wait for a slow model at all. */
  leaves: 4,
  /** Passes an error on. */
  error: 5,
  /** Takes all responses of a stream. */
  stream: 6,
  /** Takes the first response of a stream, and leaves it. */
  streamBegin: 7,
  /** Traps while a call is in flight. */
  trap: 8,
  /** Never returns while a call is in flight. */
  endless: 9,
  /** Traps in the middle of a stream. */
  trapInStream: 10,
} as const;

/** What a guest of `relay` does with a stream: the fourth number of its input. The three before are those of a stream guest. */
export const RELAY_MODE = {
  /** Passes each response of a model in Python on. */
  python: 0,
  /** Passes each response of a stream guest on. */
  wasm: 1,
  /** As `python`, but traps after two responses. */
  trap: 2,
  /** As `python`, but leaves the stream after two responses. */
  leaves: 3,
} as const;

/** The models that are reloaded all the time: one whose answer is an error, and a stream guest. */
export const RELOADED = ["refuses", "reloaded"] as const;
/** The models with NVIDIA's own stub. */
export const PYTHON_MODELS: readonly string[] = ["python", "repeat"];
export const SLOW_MS = 40;
const SHORT_DEADLINE_MS = "400";
const FAILURES_MAX = parameter("wasm_failures_max", "1000");

const ENDS = "(return (i32.const 0))";
const FOR_EVER = "(loop $for_ever (br $for_ever))";
/** The number at a place of the input of request 0. */
const NUMBER = `(func $number (param $index i32) (result i32)
  (drop (call $input_read (i32.const 0) (i32.const 0) (i32.mul (local.get $index) (i32.const 4)) (i32.const 128) (i32.const 4)))
  (i32.trunc_sat_f32_s (f32.load (i32.const 128))))`;

/** A call with the input of request 0. An instance may have too many calls in flight. */
const sends = (model: CalledModel, call = 0, streams = 0) =>
  `${callOf(model)} ${shared(call)}
   (if (call $call_send (i32.const ${call}) (i32.const ${streams})) (then ${PASS_REFUSAL} ${ENDS}))`;
const passesOn = (model: CalledModel, call = 0) =>
  `${sends(model, call)} ${wait(call)} (if (i32.ge_s (call $call_error_code (i32.const ${call})) (i32.const 0))
     (then ${passError(call)} ${ENDS})) ${forward(call)} ${ENDS}`;
const inMode = (mode: number, place: number, body: string) =>
  `(if (i32.eq (call $number (i32.const ${place})) (i32.const ${mode})) (then ${body}))`;

const FOUR = [0, 1, 2, 3];
const SEVERAL = `
  ${FOUR.map((call) => sends("sleeps", call)).join(" ")}
  (loop $next
    (local.set $i (call $call_wait_any (i32.const 30000)))
    (if (i32.ge_s (local.get $i) (i32.const 0)) (then
      (if (i32.ne (call $call_wait (local.get $i) (i32.const 0)) (i32.const 1)) (then unreachable))
      (if (i32.ge_s (call $call_error_code (local.get $i)) (i32.const 0)) (then ${passError("(local.get $i)")} ${ENDS}))
      (br $next))))
  ${FOUR.map((call) => `(if (i32.ne (call $call_wait (i32.const ${call}) (i32.const 0)) (i32.const -1)) (then unreachable))`).join(" ")}
  ${forward(3)} ${ENDS}`;
const TAKE = "(call $call_wait (i32.const 0) (i32.const 30000))";
const TAKE_ALL = `(loop $next (br_if $next (i32.eq ${TAKE} (i32.const 1))))`;

const CALLS = `
  ${inMode(CALL_MODE.forward, 0, passesOn("identity"))}
  ${inMode(CALL_MODE.python, 0, passesOn("python"))}
  ${inMode(CALL_MODE.several, 0, SEVERAL)}
  ${inMode(CALL_MODE.impatient, 0, `${sends("sleeps")} (drop (call $call_wait (i32.const 0) (i32.const 5))) ${passesOn("identity", 1)}`)}
  ${inMode(CALL_MODE.leaves, 0, `${sends("sleeps")} ${passesOn("identity", 1)}`)}
  ${inMode(CALL_MODE.error, 0, passesOn("refuses"))}
  ${inMode(CALL_MODE.stream, 0, `${sends("repeat", 0, 1)} ${TAKE_ALL} ${passesOn("identity", 1)}`)}
  ${inMode(CALL_MODE.streamBegin, 0, `${sends("repeat", 0, 1)} (drop ${TAKE}) (drop (call $call_close (i32.const 0))) ${passesOn("identity", 1)}`)}
  ${inMode(CALL_MODE.trap, 0, `${sends("sleeps")} unreachable`)}
  ${inMode(CALL_MODE.endless, 0, `${sends("sleeps")} ${FOR_EVER}`)}
  ${inMode(CALL_MODE.trapInStream, 0, `${sends("repeat", 0, 1)} (drop ${TAKE}) unreachable`)}
  (i32.const 1)`;

const relays = (model: CalledModel, afterTwo = "") => `
  ${sends(model, 0, 1)}
  (loop $next
    (if (i32.eq ${TAKE} (i32.const 1)) (then
      (if (i32.ge_s (call $call_error_code (i32.const 0)) (i32.const 0)) (then
        ${passError()} (drop (call $response_finish (i32.const 0))) ${ENDS}))
      ${forward()}
      (drop (call $response_send (i32.const 0)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (if (i32.eq (local.get $i) (i32.const 2)) (then ${afterTwo}))
      (br $next))))
  ${"(call $end) (return (i32.const 0))"}`;
const RELAY = `
  ${inMode(RELAY_MODE.python, 3, relays("repeat"))}
  ${inMode(RELAY_MODE.wasm, 3, relays("reloaded"))}
  ${inMode(RELAY_MODE.trap, 3, relays("repeat", "unreachable"))}
  ${inMode(RELAY_MODE.leaves, 3, relays("repeat", `(drop (call $call_close (i32.const 0))) (call $end) ${ENDS}`))}
  (i32.const 1)`;
/** The last response has the last flag: 24.08 sometimes does not end a stream after a flag alone, also with NVIDIA's stub. */
const END = `(func $end
  (drop (call $output_copy_input (i32.const 0) (i32.const 0) (i32.const 0)))
  (drop (call $response_finish (i32.const 0))))`;

/** The models of the load, in the order in which they are loaded. */
export const MODELS = [
  "identity",
  "refuses",
  "reloaded",
  "sleeps",
  "calls",
  "failing_calls",
  "nested",
  "relay",
  "failing_relay",
  "polling",
  "stream",
  "failing_stream",
  ...PYTHON_MODELS,
];

/** A repository with {@link MODELS}. */
export function mixedModels(): ModelRepository {
  const repository = new ModelRepository();
  const add = (name: string, body: string, extra: string, more = "") =>
    repository.add(name, floatConfig("wasm", `${FAILURES_MAX} ${extra}`), {
      "model.wasm": guest(body, more),
    });
  const shortDeadline = parameter("wasm_execute_deadline_ms", SHORT_DEADLINE_MS);
  repository.add("identity", floatConfig("identity", `${instances(2)} ${FAILURES_MAX}`));
  add(
    "refuses",
    `(drop (call $response_error (i32.const 0) (i32.const 3) (i32.const 16) (i32.const 17))) (i32.const 0)`,
    "",
  );
  add(
    "sleeps",
    `(drop (call $sleep (i32.const ${SLOW_MS}))) ${COPY_ALL} (i32.const 0)`,
    instances(2),
  );
  add("calls", CALLS, instances(3), CALL_TEXTS + NUMBER);
  add("failing_calls", CALLS, shortDeadline, CALL_TEXTS + NUMBER);
  add("nested", passesOn("calls"), "", CALL_TEXTS);
  add("relay", RELAY, `${DECOUPLED} ${instances(2)}`, CALL_TEXTS + NUMBER + END);
  add("failing_relay", RELAY, DECOUPLED, CALL_TEXTS + NUMBER + END);
  add("polling", "(call $keep) (i32.const 0)", DECOUPLED, CALL_TEXTS + NUMBER + POLLING);
  const limits = { wasm_failures_max: "1000" };
  addStreamModel(repository, "stream", limits);
  addStreamModel(repository, "reloaded", limits);
  addStreamModel(repository, "failing_stream", {
    ...limits,
    wasm_execute_deadline_ms: SHORT_DEADLINE_MS,
  });
  repository.add("python", floatConfig("python"), { "model.py": pythonModel("identity_py") });
  repository.add("repeat", floatConfig("python", `${DECOUPLED} ${instances(2)}`), {
    "model.py": pythonModel("elements_py"),
  });
  return repository;
}
