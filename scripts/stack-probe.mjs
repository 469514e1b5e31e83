#!/usr/bin/env node
/**
 * Assembles the module of host/guest/stack-probe.ts with binaryen, and writes it to host/guest/stack-probe-module.ts, since the host has
 * no assembler at run time. With --check it writes nothing, and fails when the committed module differs.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import binaryen from "binaryen";

/** Locals of 8 bytes that the probe keeps. They determine the size of its frame on the stack. */
const LOCALS = 1_000;
const LOCAL_BYTES = 8;

const target = fileURLToPath(new URL("../host/guest/stack-probe-module.ts", import.meta.url));
const args = process.argv.slice(2);
if (args.some((arg) => arg !== "--check")) {
  console.error("usage: scripts/stack-probe.mjs [--check]");
  process.exit(2);
}

const text = moduleText(Buffer.from(assembled()).toString("base64"));
if (args.length === 0) writeFileSync(target, text);
else if (readFileSync(target, "utf8") !== text) {
  console.error(
    "stack-probe: host/guest/stack-probe-module.ts is out of date: run 'node scripts/stack-probe.mjs'",
  );
  process.exit(1);
}
console.log("stack-probe: host/guest/stack-probe-module.ts is up to date");

/**
 * Every local is live across a call, in a branch that is never taken; otherwise the engine's compiler removes it. The module is not
 * optimised for the same reason.
 */
function source() {
  const locals = Array.from({ length: LOCALS }, (_, index) => ({
    name: `$local${index}`,
    address: (index + 1) * LOCAL_BYTES,
  }));
  return `(module
    (import "probe" "never" (func $never))
    (memory 1)
    (func $probe (export "probe") (param $frames i32)
      ${locals.map(({ name }) => `(local ${name} i64)`).join("\n")}
      (if (i32.lt_s (local.get $frames) (i32.const 0)) (then
        ${locals.map(({ name, address }) => `(local.set ${name} (i64.load offset=${address} (i32.const 0)))`).join("\n")}
        (call $never)
        ${locals.map(({ name, address }) => `(i64.store offset=${address} (i32.const 0) (local.get ${name}))`).join("\n")}))
      (if (local.get $frames) (then (call $probe (i32.sub (local.get $frames) (i32.const 1)))))))`;
}

function assembled() {
  const module = binaryen.parseText(source());
  try {
    if (!module.validate()) throw new Error("stack-probe: binaryen rejects the module");
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

function moduleText(base64) {
  return `// Made by scripts/stack-probe.mjs: do not edit.

/** The module of the stack's probe in base64. */
export const STACK_PROBE_MODULE =
  "${base64}";
`;
}
