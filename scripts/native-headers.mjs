#!/usr/bin/env node
/**
 * Writes native/generated/{layout,limits,mapping,hardening}.h, from which the guard knows what TypeScript knows. Run it after tsc.
 * With --check it writes nothing and fails when a header is not what it would write.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hardeningHeader } from "./native-headers/hardening.mjs";
import { layoutHeader } from "./native-headers/layout.mjs";
import { limitsHeader } from "./native-headers/limits.mjs";
import { mappingHeader } from "./native-headers/mapping.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "native/generated");
const args = process.argv.slice(2);
if (args.some((arg) => arg !== "--check")) {
  console.error("usage: scripts/native-headers.mjs [--check]");
  process.exit(2);
}

const headers = new Map([
  ["layout.h", layoutHeader()],
  ["limits.h", limitsHeader()],
  ["mapping.h", mappingHeader()],
  ["hardening.h", hardeningHeader()],
]);
if (args.length > 0) check();
else write();

function write() {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of headers) writeFileSync(join(folder, name), text);
  console.log(`native-headers: ${headers.size} headers written`);
}

function check() {
  const wrong = [...headers].filter(([name, text]) => read(name) !== text).map(([name]) => name);
  if (wrong.length > 0) {
    console.error(
      `native-headers: ${wrong.join(", ")} differ from host/: run 'node scripts/native-headers.mjs'`,
    );
    process.exit(1);
  }
  console.log(`native-headers: ${headers.size} headers agree with host/`);
}

function read(name) {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    return undefined;
  }
}
