import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { StubError } from "../../errors.js";
import type { Content } from "./contents.js";

/**
 * The hashes of the other files, in the format of `sha256sum --check`. A later installation learns from it which files this one
 * installed.
 */
export const SUMS_FILE = "SHA256SUMS";

const STAGING_PREFIX = ".install-";
const FOLDER_MODE = 0o755;

/**
 * Replaces the files that an earlier installation wrote to `folder`. Other files, such as the operator's, stay.
 *
 * All files are first copied to a staging folder; a failure until then changes nothing. Then each file is renamed over the old one: a
 * running program cannot be overwritten, but it can be replaced. The folder itself stays the same, because the Landlock rules of running
 * guards refer to it.
 */
export function replaceFiles(
  folder: string,
  contents: readonly Content[],
  outdated: readonly string[],
): void {
  const fresh = mkdirSync(folder, { recursive: true }) !== undefined;
  if (fresh) chmodSync(folder, FOLDER_MODE);
  removeStaging(folder);
  const staging = mkdtempSync(join(folder, STAGING_PREFIX));
  try {
    const sums = contents.map((content) => stage(staging, content));
    writeFileSync(join(staging, SUMS_FILE), sums.join(""));
    chmodSync(join(staging, SUMS_FILE), 0o644);
    const names = [SUMS_FILE, ...contents.map(({ name }) => name)];
    const former = installedNames(folder, outdated);
    for (const name of names) {
      makeParent(join(folder, name));
      renameSync(join(staging, name), join(folder, name));
    }
    for (const name of former) {
      if (!names.includes(name)) rmSync(join(folder, name), { force: true });
    }
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** @returns the line of the file in {@link SUMS_FILE} */
function stage(staging: string, { name, from, mode, sha256, origin }: Content): string {
  const copy = join(staging, name);
  makeParent(copy);
  copyFileSync(from, copy);
  chmodSync(copy, mode);
  const hash = createHash("sha256").update(readFileSync(copy)).digest("hex");
  if (sha256 !== undefined && hash !== sha256) {
    throw new StubError(
      "ERR_ENVIRONMENT",
      `'${from}' is not the file of ${origin}: its SHA-256 is ${hash} instead of ${sha256}; install that package again`,
      { path: from },
    );
  }
  return `${hash}  ${name}\n`;
}

function makeParent(path: string): void {
  if (mkdirSync(dirname(path), { recursive: true }) !== undefined)
    chmodSync(dirname(path), FOLDER_MODE);
}

/**
 * Lists the files of an earlier installation.
 * @param outdated the files of a version that wrote no {@link SUMS_FILE}
 */
function installedNames(folder: string, outdated: readonly string[]): readonly string[] {
  let sums: string;
  try {
    sums = readFileSync(join(folder, SUMS_FILE), "utf8");
  } catch {
    return outdated;
  }
  const names = sums.split("\n").map((line) => line.slice(line.indexOf("  ") + 2));
  return names.filter(
    (name) => name !== "" && !name.startsWith("/") && !name.split("/").includes(".."),
  );
}

/** Removes the staging folders of installations that were killed. */
function removeStaging(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(STAGING_PREFIX))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}
