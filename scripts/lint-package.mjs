#!/usr/bin/env node
/** Packs the built package and lets publint and are-the-types-wrong examine it. */
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
      // Sources of AssemblyScript for asc, a preset, and folders of other languages: they have no types.
      ...["--exclude-entrypoints", "assembly/sdk", "asconfig.json", "sdk/*"],
    ),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns what it has written */
function run(program, ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: "utf8" });
  if (status === 0) return stdout;
  process.stderr.write(`${stdout}${stderr}`);
  rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}
