import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { replaceFiles, SUMS_FILE } from "../../../host/cli/install/replace-files.js";

let scratch: string;
let folder: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "replace-"));
  folder = join(scratch, "backend");
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

function content(name: string, text: string, sha256?: string) {
  const from = join(scratch, name.replace("/", "-"));
  writeFileSync(from, text);
  return { name, from, mode: 0o644, origin: "a@1", ...(sha256 === undefined ? {} : { sha256 }) };
}

test("files of an earlier installation are removed, and other files stay", () => {
  replaceFiles(folder, [content("one", "1"), content("licenses/one", "1")], []);
  writeFileSync(join(folder, "limits"), "");
  mkdirSync(join(folder, ".install-killed"));
  replaceFiles(folder, [content("two", "2")], []);
  expect(readdirSync(folder).sort()).toEqual([SUMS_FILE, "licenses", "limits", "two"].sort());
  expect(readdirSync(join(folder, "licenses"))).toEqual([]);
});

test("a list with paths outside of the folder removes nothing there", () => {
  replaceFiles(folder, [content("one", "1")], []);
  writeFileSync(join(folder, SUMS_FILE), `${"0".repeat(64)}  ../one\n`);
  replaceFiles(folder, [content("two", "2")], []);
  expect(readdirSync(scratch)).toContain("one");
});

test("a file with another hash is refused, and the folder stays as it was", () => {
  replaceFiles(folder, [content("one", "1")], []);
  const wrong = content("one", "other", "0".repeat(64));
  expect(() => replaceFiles(folder, [wrong], [])).toThrow(
    /one' is not the file of a@1: its SHA-256 is [0-9a-f]{64} instead of 0{64}; install that package again/,
  );
  expect(readFileSync(join(folder, "one"), "utf8")).toBe("1");
  expect(readdirSync(folder).sort()).toEqual([SUMS_FILE, "one"].sort());
});
