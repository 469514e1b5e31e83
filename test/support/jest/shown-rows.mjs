import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const TESTS = fileURLToPath(new URL("../..", import.meta.url));

/** Documents with a table whose rows name the test files that show them. */
export const DOCUMENTS = ["identity-parity.md", "security.md"];

/** The rows `| number | what | state | files |` of a document. `files` are test files, relative to test/. */
export function shownRows(document) {
  return readFileSync(new URL(`../../../docs/${document}`, import.meta.url), "utf8")
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

/** The rows that a title of a test or of a group of tests says it shows: "row 9: …", "rows 70, 71: …". */
export function rowsOfTitle(title) {
  const list = /^rows? (\d+(?:, \d+)*): /.exec(title)?.[1];
  return list === undefined ? [] : list.split(", ").map(Number);
}

/**
 * One sentence for each row of a document that a test file which the row names did not show.
 *
 * @param testResults the results of a run of all test files, as jest gives them to a reporter
 */
export function missingRows(testResults) {
  const shown = new Set();
  for (const { testFilePath, testResults: tests } of testResults) {
    const file = relative(TESTS, testFilePath);
    for (const { ancestorTitles, title, status } of tests) {
      if (status !== "passed") continue;
      for (const row of [...ancestorTitles, title].flatMap(rowsOfTitle))
        shown.add(`${row} ${file}`);
    }
  }
  return DOCUMENTS.flatMap((document) =>
    shownRows(document).flatMap(({ row, files }) =>
      files
        .filter((file) => !shown.has(`${row} ${file}`))
        .map((file) => `docs/${document}: no test of test/${file} that passed shows row ${row}`),
    ),
  );
}
