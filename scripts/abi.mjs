#!/usr/bin/env node
/**
 * Generates files from sdk/abi.json, the only description of the guest ABI: the raw imports of the four SDKs, the host's signatures
 * (host/guest/abi-functions.ts) and the tables of docs/guest-abi.md. The top of sdk/abi.json explains how to add a host function.
 * With --check it writes nothing, and fails when a file differs. It needs no build.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withTables } from "./abi/document.mjs";
import { hostFunctions } from "./abi/host.mjs";
import { assemblyScript, cHeader, rust, zig } from "./abi/sdks.mjs";
import { checkAbi } from "./abi/types.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
if (args.some((arg) => arg !== "--check")) {
  console.error("usage: scripts/abi.mjs [--check]");
  process.exit(2);
}

const abi = JSON.parse(read("sdk/abi.json"));
checkAbi(abi);
const files = new Map([
  ["host/guest/abi-functions.ts", hostFunctions(abi)],
  ["assembly/sdk/triton_v1.ts", assemblyScript(abi)],
  ["sdk/c/triton_v1.h", cHeader(abi)],
  ["sdk/rust/src/abi.rs", rust(abi)],
  ["sdk/zig/abi.zig", zig(abi)],
  ["docs/guest-abi.md", withTables(read("docs/guest-abi.md"), abi)],
]);
const differing = [...files].filter(([name, text]) => read(name) !== text);
if (args.length === 0) for (const [name, text] of differing) writeFileSync(join(root, name), text);
const names = differing.map(([name]) => name).join(", ");
if (args.length > 0 && differing.length > 0) {
  console.error(`abi: ${names} differ from sdk/abi.json: run 'node scripts/abi.mjs'`);
  process.exit(1);
}
console.log(`abi: ${files.size} files agree with sdk/abi.json${names && `; written: ${names}`}`);

/** @returns an empty text for a file that does not exist */
function read(name) {
  try {
    return readFileSync(join(root, name), "utf8");
  } catch {
    return "";
  }
}
