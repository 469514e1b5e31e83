import { readFileSync } from "node:fs";

/** Documents with a table whose rows name the test files that show them. */
export const DOCUMENTS = ["identity-parity.md", "security.md"];

/** The rows `| number | what | state | files |` of a document. `files` are test files, relative to test/. */
export function shownRows(document) {
  return readFileSync(new URL(`../docs/${document}`, import.meta.url), "utf8")
    .split("\n")
    .map((line) => /^\| *(\d+) *\|([^|]*)\|([^|]*)\|([^|]*)\|$/.exec(line))
    .filter((match) => match !== null)
    .map(([, row, what, state, shownBy]) => ({
      row: Number(row),
      what: what.trim(),
      state: state.trim(),
      files: [...shownBy.matchAll(/`([^`]+)`/g)].map(([, file]) => file),
    }));
}

/** The rows that a test's title says it shows: "row 9: …", "rows 70, 71: …". */
export function rowsOfTitle(title) {
  const list = /^rows? (\d+(?:, \d+)*): /.exec(title)?.[1];
  return list === undefined ? [] : list.split(", ").map(Number);
}
