import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { isShown, parityRows, rowsOfTitle } from "./identity-parity.mjs";

const TESTS = fileURLToPath(new URL(".", import.meta.url));

/** Fails a complete run in which a row of docs/identity-parity.md was not shown by the test files that it names. */
export default class ParityReporter {
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
    const missing = parityRows()
      .filter(isShown)
      .flatMap(({ row, files }) => files.map((file) => `${row} ${file}`))
      .filter((claim) => !shown.has(claim));
    if (missing.length > 0) {
      this.#error = new Error(
        `docs/identity-parity.md: no test passed for row ${missing.join(", row ")}`,
      );
    }
  }

  getLastError() {
    return this.#error;
  }
}
