import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import binaryen from "binaryen";

/** Assembles WebAssembly text; every feature that binaryen knows is allowed. @param names keep those of functions */
export function assemble(text: string, names = false): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(text);
  try {
    binaryen.setDebugInfo(names);
    module.setFeatures(binaryen.Features.All);
    return new Uint8Array(module.emitBinary());
  } finally {
    module.dispose();
  }
}

/** All host functions of the ABI, one page of memory and a text at 16. */
const PREAMBLE = `
  (import "triton_v0" "request_count" (func $request_count (result i32)))
  (import "triton_v0" "input_count" (func $input_count (param i32) (result i32)))
  (import "triton_v0" "input_name" (func $input_name (param i32 i32 i32 i32) (result i32)))
  (import "triton_v0" "output_count" (func $output_count (param i32) (result i32)))
  (import "triton_v0" "output_name" (func $output_name (param i32 i32 i32 i32) (result i32)))
  (import "triton_v0" "output_copy_input" (func $output_copy_input (param i32 i32 i32) (result i32)))
  (import "triton_v0" "response_error" (func $response_error (param i32 i32 i32 i32) (result i32)))
  (import "triton_v0" "log" (func $log (param i32 i32 i32) (result i32)))
  (import "triton_v0" "argument" (func $argument (param i32 i32 i32 i32) (result i32)))
  (import "triton_v0" "instance_ordinal" (func $instance_ordinal (result i32)))
  (import "triton_v0" "instance_restarts" (func $instance_restarts (result i32)))
  (import "triton_v0" "fail" (func $fail (param i32 i32) (result i32)))
  (import "triton_v0" "log_enabled" (func $log_enabled (param i32) (result i32)))
  (import "triton_v0" "sleep" (func $sleep (param i32) (result i32)))
  (import "triton_v0" "counter_new" (func $counter_new (param i32 i32 i32 i32) (result i32)))
  (import "triton_v0" "counter_add" (func $counter_add (param i32 f64) (result i32)))
  (import "triton_v0" "request_id" (func $request_id (param i32 i32 i32) (result i32)))
  (import "triton_v0" "request_correlation_id" (func $request_correlation_id (param i32 i32 i32) (result i32)))
  (import "triton_v0" "request_correlation_id_type" (func $request_correlation_id_type (param i32) (result i32)))
  (import "triton_v0" "input_datatype" (func $input_datatype (param i32 i32) (result i32)))
  (import "triton_v0" "input_shape" (func $input_shape (param i32 i32 i32 i32) (result i32)))
  (import "triton_v0" "input_byte_size" (func $input_byte_size (param i32 i32) (result i32)))
  (import "triton_v0" "output_zero" (func $output_zero (param i32 i32 i32 i32 i32) (result i32)))
  (import "triton_v0" "response_parameter_string" (func $response_parameter_string (param i32 i32 i32 i32 i32) (result i32)))
  (import "triton_v0" "response_parameter_int" (func $response_parameter_int (param i32 i32 i32 i64) (result i32)))
  (import "triton_v0" "response_parameter_bool" (func $response_parameter_bool (param i32 i32 i32 i32) (result i32)))
  (import "triton_v0" "response_parameter_double" (func $response_parameter_double (param i32 i32 i32 f64) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "said by the guest")`;

/** A whole guest whose triton_execute has this body, which leaves an i32; `more` stands before it. */
export function guest(executeBody: string, more = ""): Uint8Array<ArrayBuffer> {
  return assemble(
    `(module ${PREAMBLE} ${more}
      (func $execute (export "triton_execute") (result i32) ${executeBody}))`,
    true,
  );
}

/** As {@link guest}, compiled. */
export function compileGuest(executeBody: string, more = ""): WebAssembly.Module {
  return new WebAssembly.Module(guest(executeBody, more));
}

/** Files in a folder of their own, removed by {@link removeFiles}. */
let folder: string | undefined;

export function writeFile(name: string, bytes: Uint8Array): string {
  folder ??= mkdtempSync(join(tmpdir(), "guest-"));
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

/** For afterEach. */
export function removeFiles(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
}
