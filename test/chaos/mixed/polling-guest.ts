import { passError, textAt } from "../../support/wasm/call-guests.js";

/** Entries of 8 bytes for each request that the guest keeps: handle, and responses left. */
const TABLE = 16_384;
const TABLE_END = TABLE + 8 * 512;
const trapIf = (call: string) => `(if ${call} (then (unreachable)))`;
/** Keeps each request. Each poll calls `identity` with the input of each one, and its answer is a response. */
export const POLLING = `
  (func $keep (local $at i32)
    (local.set $at (i32.const ${TABLE}))
    (block $found (loop $next
      (br_if $found (i32.eqz (i32.load (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br $next)))
    (i32.store offset=4 (local.get $at) (call $number (i32.const 0)))
    (i32.store (local.get $at) (call $request_keep (i32.const 0)))
    (drop (call $poll_after (i32.const 0))))
  (func $step (param $at i32) (local $kept i32) (local $call i32)
    (local.set $kept (i32.load (local.get $at)))
    (local.set $call (call $call_create ${textAt("identity")} (i64.const -1)))
    ${trapIf(`(call $call_input_from (local.get $call) ${textAt("INPUT0")} (local.get $kept) (i32.const 0))`)}
    ${trapIf("(call $call_send (local.get $call) (i32.const 0))")}
    ${trapIf("(i32.ne (call $call_wait (local.get $call) (i32.const 30000)) (i32.const 1))")}
    (if (i32.ge_s (call $call_error_code (local.get $call)) (i32.const 0)) (then
      ${passError("(local.get $call)", "(local.get $kept)")}
      (drop (call $response_finish (local.get $kept)))
      (drop (call $call_close (local.get $call)))
      (i32.store (local.get $at) (i32.const 0))
      return))
    ${trapIf("(call $output_forward (local.get $kept) (i32.const 0) (local.get $call) (i32.const 0))")}
    (i32.store offset=4 (local.get $at) (i32.sub (i32.load offset=4 (local.get $at)) (i32.const 1)))
    (if (i32.load offset=4 (local.get $at))
      (then (drop (call $response_send (local.get $kept))) (drop (call $poll_after (i32.const 1))))
      (else (drop (call $response_finish (local.get $kept))) (i32.store (local.get $at) (i32.const 0))))
    (drop (call $call_close (local.get $call))))
  (func (export "triton_poll") (result i32) (local $at i32)
    (local.set $at (i32.const ${TABLE}))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (i32.const ${TABLE_END})))
      (if (i32.load (local.get $at)) (then (call $step (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br $next)))
    (i32.const 0))`;
