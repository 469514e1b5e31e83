import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { DOCUMENTS, rowsOfTitle, shownRows } from "./shown-rows.mjs";

const TESTS = fileURLToPath(new URL(".", import.meta.url));

/** Fails a complete run in which a row of a document was not shown by each of the test files that it names. */
export default class ShownRowsReporter {
  #partial;
  #error;

  constructor(globalConfig) {
    const { testNamePattern, testPathPatterns } = globalConfig;
    this.#partial = Boolean(testNamePattern) || testPathPatterns.patterns.length > 0;
  }

  onRunComplete(_contexts, { testResults }) {
    if (this.#partial) return;
    const shown = new Set();
    for (const { testFilePath, testResults: tests } of testResults) {
      const file = relative(TESTS, testFilePath);
      for (const { title, status } of tests) {
        if (status !== "passed") continue;
        for (const row of rowsOfTitle(title)) shown.add(`${row} ${file}`);
      }
    }
    const missing = DOCUMENTS.flatMap((document) =>
      shownRows(document)
        .flatMap(({ row, files }) => files.map((file) => `${row} ${file}`))
        .filter((claim) => !shown.has(claim))
        .map((claim) => `${document} row ${claim}`),
    );
    if (missing.length > 0) this.#error = new Error(`no test passed for ${missing.join(", ")}`);
  }

  getLastError() {
    return this.#error;
  }
}
