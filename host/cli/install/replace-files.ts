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

/** The hashes of the other files, as `sha256sum --check` reads them; by it a later installation knows what this one has brought. */
export const SUMS_FILE = "SHA256SUMS";

const STAGING_PREFIX = ".install-";
const FOLDER_MODE = 0o755;

/**
 * Makes `folder` hold these files, in the place of those that an earlier installation has brought. Other files, such as the operator's,
 * stay.
 *
 * All files are first copied beside, and a failure until then changes nothing. Then each is renamed over its predecessor: a program that runs
 * cannot be written to, but it can be replaced, and the folder itself stays the one that the walls of running guards allow.
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

/** @returns its line of the sums */
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

/** What an earlier installation has brought. @param outdated what those before the first {@link SUMS_FILE} have brought */
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

/** Of an installation that has been killed. */
function removeStaging(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(STAGING_PREFIX))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}
