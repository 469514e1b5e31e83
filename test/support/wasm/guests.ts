import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectFolder } from "../paths.js";
import { assemble, importsOf, MEMORY } from "./assemble.js";

export { assemble };

const root = projectFolder();

/** Our backend folders, as build.sh leaves them. */
export const WASM_BACKEND = join(root, "dist/backends/wasm");
export const IDENTITY_BACKEND = join(root, "dist/backends/identity");
/** For models of `identity`: that folder, and the one with the runtime that it shares. */
export const IDENTITY_BACKENDS: readonly string[] = [WASM_BACKEND, IDENTITY_BACKEND];

/** The identity model's module. */
export function identityModule(): Uint8Array {
  return readFileSync(join(root, "dist/wasm/identity.wasm"));
}

/** A guest that someone from outside found to misbehave. @param file in test/zoo/findings, in binary form or as text */
export function finding(file: string): Uint8Array {
  const bytes = readFileSync(join(root, "test/zoo/findings", file));
  return file.endsWith(".wat") ? assemble(bytes.toString()) : bytes;
}

/** A module whose triton_execute has this body; it must leave an i32. Without names, as most compilers leave a module. */
export function guest(executeBody: string, more = ""): Uint8Array {
  return assemble(`(module ${importsOf(executeBody + more)} ${MEMORY} ${more}
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
