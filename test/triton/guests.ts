import { readFileSync } from "node:fs";
import { join } from "node:path";
import binaryen from "binaryen";
import { projectFolder } from "./harness/paths.js";

const root = projectFolder();

/** Our backend folders, as build.sh leaves them. */
export const WASM_BACKEND = join(root, "dist/backends/wasm");
export const IDENTITY_BACKEND = join(root, "dist/backends/identity");

/** The identity model's module. */
export function identityModule(): Uint8Array {
  return readFileSync(join(root, "dist/wasm/identity.wasm"));
}

/** Assembles a module from WebAssembly text. */
export function assemble(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(binaryen.Features.All);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** The host functions that tests need, a memory with two texts, and room for a name at 64. */
const PREAMBLE = `
  (import "triton_v0" "request_count" (func $request_count (result i32)))
  (import "triton_v0" "input_name" (func $input_name (param i32 i32 i32 i32) (result i32)))
  (import "triton_v0" "input_byte_size" (func $input_byte_size (param i32 i32) (result i32)))
  (import "triton_v0" "output_copy_input" (func $output_copy_input (param i32 i32 i32) (result i32)))
  (import "triton_v0" "response_error" (func $response_error (param i32 i32 i32 i32) (result i32)))
  (import "triton_v0" "instance_restarts" (func $instance_restarts (result i32)))
  (import "triton_v0" "sleep" (func $sleep (param i32) (result i32)))
  (import "triton_v0" "counter_new" (func $counter_new (param i32 i32 i32 i32) (result i32)))
  (import "triton_v0" "counter_add" (func $counter_add (param i32 f64) (result i32)))
  (import "triton_v0" "log" (func $log (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "said by the guest")
`;

/** A module whose triton_execute has this body; it must leave an i32. */
export function guest(executeBody: string, more = ""): Uint8Array {
  return assemble(`(module ${PREAMBLE} ${more}
    (func (export "triton_execute") (result i32) (local $i i32) ${executeBody}))`);
}

/** Copies input 0 to output 0 of each request. */
export const COPY_ALL = `
  (loop $next
    (if (i32.lt_u (local.get $i) (call $request_count)) (then
      (drop (call $output_copy_input (local.get $i) (i32.const 0) (i32.const 0)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $next))))
`;

/** Refuses every second request of a batch. */
export const REFUSE_ODD = `
  (loop $next
    (if (i32.lt_u (local.get $i) (call $request_count)) (then
      (if (i32.and (local.get $i) (i32.const 1))
        (then (drop (call $response_error (local.get $i) (i32.const 4) (i32.const 16) (i32.const 17))))
        (else (drop (call $output_copy_input (local.get $i) (i32.const 0) (i32.const 0)))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $next))))
  (i32.const 0)`;
