import { readFileSync } from "node:fs";

const TABLE = new URL("../docs/identity-parity.md", import.meta.url);

/** A row of docs/identity-parity.md. `files` are test files, relative to test/. */
export function parityRows() {
  return readFileSync(TABLE, "utf8")
    .split("\n")
    .map((line) => /^\| *(\d+) *\|([^|]*)\|([^|]*)\|([^|]*)\|$/.exec(line))
    .filter((match) => match !== null)
    .map(([, row, fact, state, shownBy]) => ({
      row: Number(row),
      fact: fact.trim(),
      state: state.trim(),
      files: [...shownBy.matchAll(/`([^`]+)`/g)].map(([, file]) => file),
    }));
}

/** The rows that a test's title says it shows: "row 9: …", "rows 70, 71: …". */
export function rowsOfTitle(title) {
  const list = /^rows? (\d+(?:, \d+)*): /.exec(title)?.[1];
  return list === undefined ? [] : list.split(", ").map(Number);
}

/** Whether a row claims that a user sees what identity_backend shows, or something better. */
export function isShown({ state }) {
  return /^(equal|better)\b/.test(state);
}
