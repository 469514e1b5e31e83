#!/usr/bin/env node
/**
 * Writes dist/npm, the code of the npm package: index.js and cli.js, bundled so that the package needs no other file of host/, and types/,
 * the declarations that index.d.ts imports. Run it after tsc.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const target = join(root, "dist/npm");
const compiled = join(root, "dist/js/host");

rmSync(target, { recursive: true, force: true });
await build({
  entryPoints: { index: join(root, "host/index.ts"), cli: join(root, "host/cli/main.ts") },
  outdir: target,
  chunkNames: "shared-[hash]",
  bundle: true,
  splitting: true,
  packages: "external",
  platform: "node",
  target: "node20",
  format: "esm",
});
copyDeclarations(join(compiled, "index.d.ts"), new Set());

/** Copies a declaration, and those that it imports. */
function copyDeclarations(file, done) {
  if (done.has(file)) return;
  done.add(file);
  const text = readFileSync(file, "utf8").replace(/^\/\/# sourceMappingURL=.*\n?/m, "");
  const copy = join(target, "types", relative(compiled, file));
  mkdirSync(dirname(copy), { recursive: true });
  writeFileSync(copy, text);
  for (const [, path] of text.matchAll(/(?:from|import\()\s*"(\.[^"]*)\.js"/g)) {
    copyDeclarations(join(dirname(file), `${path}.d.ts`), done);
  }
}
