#!/usr/bin/env node
/** Packs the built package, and checks it with publint and are-the-types-wrong. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "package-"));
try {
  const packed = run("npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder);
  const tarball = join(folder, JSON.parse(packed)[0].filename);
  process.stdout.write(run("node_modules/.bin/publint", "--strict", tarball));
  process.stdout.write(
    run(
      "node_modules/.bin/attw",
      tarball,
      ...["--profile", "esm-only", "--no-color", "--no-emoji"],
      // These entry points have no types: sources in AssemblyScript, a preset for asc, and folders of other languages.
      ...["--exclude-entrypoints", "assembly/sdk", "asconfig.json", "sdk/*"],
    ),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Runs a program, and ends this one with its output when it fails.
 * @returns its standard output
 */
function run(program, ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: "utf8" });
  if (status === 0) return stdout;
  process.stderr.write(`${stdout}${stderr}`);
  rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}
