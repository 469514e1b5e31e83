import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
// @ts-expect-error: plain JavaScript, shared with a reporter that jest loads itself
import { rowsOfTitle, shownRows } from "../support/jest/shown-rows.mjs";
import { projectFolder } from "../support/paths.js";

/** A row of a document that names the tests which show it, relative to test/. */
export interface ShownRow {
  readonly row: number;
  readonly what: string;
  readonly state: string;
  readonly files: readonly string[];
}

export function rowsOf(document: string): ShownRow[] {
  return shownRows(document);
}

/** All rows with which a title in the test file begins; empty when the file does not exist. */
export function rowsShownIn(file: string): number[] {
  const path = join(projectFolder(), "test", file);
  if (!existsSync(path)) return [];
  return [...readFileSync(path, "utf8").matchAll(/["'`](rows? \d[^"'`]*)/g)].flatMap(([, title]) =>
    rowsOfTitle(title),
  );
}
