import { floatConfig, type ModelRepository, parameter } from "../../support/triton/repository.js";
import { ifFloats, PASS_REFUSAL } from "../../support/wasm/call-guests.js";
import { COPY_ALL, guest } from "../../support/wasm/guests.js";

/** What the guest of {@link addRequestModels} does, as the number of floats of its input. */
export const ACTION = {
  /** Calls the model in WebAssembly that says what it sees, with everything that a call can have. */
  wasm: 1,
  /** The same with a Python model. */
  python: 2,
  /** The same with an ensemble of the Python model. */
  ensemble: 3,
  /** Calls without any of it. */
  plain: 4,
  /** Starts a sequence with a number as its id, and then continues it. */
  sequence: 5,
  /** The same with a text. */
  textSequence: 6,
  /** Continues a sequence that was not started. */
  notStarted: 7,
  /** A call that waits in a queue longer than its own time-out. */
  timeout: 8,
  /** A call for which the guest waits 20 ms, twice. */
  shortWait: 9,
  /** A call for which the guest waits as long as its limit allows. */
  longWait: 10,
} as const;
/** Of each call with everything. */
export const SENT = {
  parameters: { text: "größer", number: -(2 ** 52), yes: true },
  id: "call 7",
  correlationId: "4611686018427387905",
  timeoutMicroseconds: 250_000_000,
} as const;
/** A limit of {@link HASTY}, in milliseconds. */
export const HASTY_MS = 150;
/** As the model `asks`, with a limit for its waits. */
export const HASTY = "hasty";
export const REQUEST_MODELS = [
  ...["seen", "seen_python", "seen_chain", "sequence", "queued", "descends", "descends_chain"],
  ...["asks", HASTY],
];

const TEXTS = [
  ...REQUEST_MODELS,
  ...["INPUT0", "text", "number", "yes", SENT.parameters.text, SENT.id, "a text"],
];
const at = (text: string) => 2_000 + 64 * TEXTS.indexOf(text);
const textAt = (text: string) => `(i32.const ${at(text)}) (i32.const ${Buffer.byteLength(text)})`;
/** Bytes as an escaped string: the assembler takes no other characters than those of ASCII. */
const escaped = (text: string) => Buffer.from(text).toString("hex").replace(/../g, "\\$&");
const DATA = TEXTS.map((text) => `(data (i32.const ${at(text)}) "${escaped(text)}")`).join(" ");
/** Dimensions [1, 1] and one float. */
const ONE = `(data (i32.const 1600) "\\01\\00\\00\\00\\00\\00\\00\\00\\01\\00\\00\\00\\00\\00\\00\\00\\00\\00\\80\\3f")`;
const FP32 = 11;
const BYTES = 13;
const orTrap = (call: string) => `(if ${call} (then unreachable))`;

const create = (model: string) =>
  `(local.set $call (call $call_create ${textAt(model)} (i64.const -1)))
   ${orTrap(`(call $call_input (local.get $call) ${textAt("INPUT0")} (i32.const ${FP32}) (i32.const 1600) (i32.const ${model === "queued" ? 2 : 1}) (i32.const 1616) (i32.const 4))`)}`;
const send = orTrap("(call $call_send (local.get $call) (i32.const 0))");
const number = (value: bigint) =>
  orTrap(`(call $call_correlation_id (local.get $call) (i64.const ${value}))`);
const flags = (value: number) =>
  orTrap(`(call $call_flags (local.get $call) (i32.const ${value}))`);
const everything = `
  ${orTrap(`(call $call_parameter_string (local.get $call) ${textAt("text")} ${textAt(SENT.parameters.text)})`)}
  ${orTrap(`(call $call_parameter_int (local.get $call) ${textAt("number")} (i64.const ${SENT.parameters.number}))`)}
  ${orTrap(`(call $call_parameter_bool (local.get $call) ${textAt("yes")} (i32.const 1))`)}
  ${orTrap(`(call $call_request_id (local.get $call) ${textAt(SENT.id)})`)}
  ${number(BigInt(SENT.correlationId))} ${flags(1)}
  ${orTrap(`(call $call_timeout (local.get $call) (i64.const ${SENT.timeoutMicroseconds}))`)}
  ${orTrap("(call $call_trace_from (local.get $call) (i32.const 0))")}`;
const text = `(if (call $call_correlation_id_string (local.get $call) ${textAt("a text")}) (then ${PASS_REFUSAL} (return (i32.const 0))))`;
/** The response of a call, or its error, becomes that of the request. */
const pass = `(return (call $pass (local.get $call)))`;
const waitsFor = (milliseconds: number) => `
  ${orTrap(`(i32.ne (call $call_wait (local.get $call) (i32.const ${milliseconds})) (i32.const 0))`)}
  ${orTrap(`(i32.ne (call $call_wait_any (i32.const ${milliseconds})) (i32.const -1))`)}`;

const ASKS = `(local $call i32)
  ${ifFloats(ACTION.wasm, `${create("seen")} ${everything} ${send} ${pass}`)}
  ${ifFloats(ACTION.python, `${create("seen_python")} ${everything} ${send} ${pass}`)}
  ${ifFloats(ACTION.ensemble, `${create("seen_chain")} ${everything} ${send} ${pass}`)}
  ${ifFloats(ACTION.plain, `${create("seen")} ${send} ${pass}`)}
  ${ifFloats(ACTION.notStarted, `${create("sequence")} ${number(5n)} ${send} ${pass}`)}
  ${ifFloats(
    ACTION.sequence,
    `${create("sequence")} ${number(6n)} ${flags(1)} ${send} (drop (call $pass (local.get $call)))
     ${create("sequence")} ${number(6n)} ${flags(2)} ${send}
     ${orTrap("(i32.ne (call $call_wait (local.get $call) (i32.const 30000)) (i32.const 1))")}
     (return (i32.const 0))`,
  )}
  ${ifFloats(ACTION.textSequence, `${create("sequence")} ${text} ${flags(3)} ${send} ${pass}`)}
  ${ifFloats(ACTION.timeout, `${create("queued")} ${orTrap("(call $call_timeout (local.get $call) (i64.const 30000))")} ${send} ${pass}`)}
  ${ifFloats(
    ACTION.shortWait,
    `${create("queued")} ${send} ${waitsFor(20)}
     (drop (call $response_error (i32.const 0) (i32.const 4) (i32.const 16) (i32.const 17))) (return (i32.const 0))`,
  )}
  ${ifFloats(ACTION.longWait, `${create("queued")} ${send} ${pass}`)}
  unreachable`;
const PASS = `(func $pass (param $call i32) (result i32)
  ${orTrap("(i32.ne (call $call_wait (local.get $call) (i32.const 30000)) (i32.const 1))")}
  (if (i32.lt_s (call $call_error_code (local.get $call)) (i32.const 0))
    (then (drop (call $output_forward (i32.const 0) (i32.const 0) (local.get $call) (i32.const 0))))
    (else (drop (call $response_error (i32.const 0) (call $call_error_code (local.get $call)) (i32.const 4096)
      (call $call_error (local.get $call) (i32.const 4096) (i32.const 8192))))))
  (i32.const 0))`;

const append = (call: string) => `(local.set $at (i32.add (local.get $at) ${call}))`;
const room = "(local.get $at) (i32.const 8000)";
const digit = (value: string) =>
  `(i32.store8 (local.get $at) (i32.add (i32.const 48) ${value})) ${append("(i32.const 1)")}`;
const separator = `(i32.store8 (local.get $at) (i32.const 10)) ${append("(i32.const 1)")}`;
/** One element with a line for each: parameters, id, correlation id, its type, the flags, and whether the time-out is that of {@link SENT}. */
const SEEN = `(local $at i32)
  (local.set $at (i32.const 4100))
  ${append(`(call $request_parameters (i32.const 0) ${room})`)} ${separator}
  ${append(`(call $request_id (i32.const 0) ${room})`)} ${separator}
  ${append(`(call $request_correlation_id (i32.const 0) ${room})`)} ${separator}
  ${digit("(call $request_correlation_id_type (i32.const 0))")} ${separator}
  ${digit("(call $request_flags (i32.const 0))")} ${separator}
  ${digit(`(i64.eq (call $request_timeout (i32.const 0)) (i64.const ${SENT.timeoutMicroseconds}))`)}
  (i32.store (i32.const 4096) (i32.sub (local.get $at) (i32.const 4100)))
  (drop (call $output_create (i32.const 0) (i32.const 0) (i32.const ${BYTES}) (i32.const 1600) (i32.const 1) (i32.sub (local.get $at) (i32.const 4096))))
  (drop (call $output_write (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 4096) (i32.sub (local.get $at) (i32.const 4096))))
  (i32.const 0)`;
/** The same in Python. */
const SEEN_PYTHON = `
import numpy as np
import triton_python_backend_utils as pb

class TritonPythonModel:
    def execute(self, requests):
        return [self.answer(request) for request in requests]

    def answer(self, request):
        is_text = isinstance(request.correlation_id(), str)
        lines = [request.parameters(), request.request_id(), str(request.correlation_id()), str(int(is_text)),
                 str(request.flags()), str(int(request.timeout() == ${SENT.timeoutMicroseconds}))]
        seen = np.array(["\\n".join(lines).encode()], dtype=object)
        return pb.InferenceResponse([pb.Tensor("SEEN", seen)])
`;

/** Calls itself with the input of its request, or through an ensemble if the input has two floats, and does not wait for the answer. */
const DESCENDS = `(local $call i32)
  (local.set $call (call $call_create ${textAt("descends")} (i64.const -1)))
  ${ifFloats(
    2,
    `(if (i32.ge_s (local.get $call) (i32.const 0)) (then (local.set $call (call $call_create ${textAt("descends_chain")} (i64.const -1)))))`,
  )}
  (if (i32.lt_s (local.get $call) (i32.const 0))
    (then (drop (call $log (i32.const 0) (i32.const 4096) (call $last_error (i32.const 4096) (i32.const 8000)))))
    (else
      ${orTrap(`(call $call_input_from (local.get $call) ${textAt("INPUT0")} (i32.const 0) (i32.const 0))`)}
      ${send}))
  ${COPY_ALL} (i32.const 0)`;

const io = (extra: string) => `
  input [ { name: "INPUT0" data_type: TYPE_FP32 dims: [ -1 ] } ]
  output [ { name: "SEEN" data_type: TYPE_STRING dims: [ 1 ] } ]
  ${extra}`;
const config = (backend: string, extra = "") => `backend: "${backend}" ${io(extra)}`;
const ensembleOf = (model: string, output: string) => `ensemble_scheduling { step [ {
    model_name: "${model}" model_version: -1
    input_map { key: "INPUT0" value: "INPUT0" } output_map { key: "${output}" value: "${output}" }
  } ] }`;
/** Waits for a second request for half a minute. A request with a time-out is refused when it is over. */
const QUEUE = `dynamic_batching {
    preferred_batch_size: [ 2 ] max_queue_delay_microseconds: 30000000
    default_queue_policy { timeout_action: REJECT default_timeout_microseconds: 60000000 allow_timeout_override: true }
  }`;

/** Adds the model `asks`, which calls other models with requests that say something about themselves, and the models that it calls. */
export function addRequestModels(repository: ModelRepository): void {
  const asks = { "model.wasm": guest(ASKS, `${DATA} ${ONE} ${PASS}`) };
  const seen = { "model.wasm": guest(SEEN, ONE) };
  repository.add("asks", config("wasm"), asks);
  const limit = parameter("wasm_call_deadline_ms", String(HASTY_MS));
  repository.add(HASTY, config("wasm", limit), asks);
  repository.add("seen", config("wasm"), seen);
  repository.add("seen_python", config("python"), { "model.py": Buffer.from(SEEN_PYTHON) });
  repository.add("seen_chain", `platform: "ensemble" ${io(ensembleOf("seen_python", "SEEN"))}`);
  repository.add("sequence", config("wasm", "sequence_batching { }"), seen);
  // Each answer is taken some milliseconds after it has come, so more than the usual number of calls may be in flight.
  repository.add("descends", floatConfig("wasm", parameter("wasm_calls_max", "24")), {
    "model.wasm": guest(DESCENDS, DATA),
  });
  const chain = floatConfig("ensemble", ensembleOf("descends", "OUTPUT0"));
  repository.add("descends_chain", chain.replace("backend:", "platform:"));
  repository.add("queued", floatConfig("wasm", QUEUE, 2), {
    "model.wasm": guest(`${COPY_ALL} (i32.const 0)`),
  });
}
