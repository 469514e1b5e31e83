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
