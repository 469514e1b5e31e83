import { missingRows } from "./shown-rows.mjs";

/**
 * Ends the run with the line that CI reads: 'N passed, N failed'. A suite that cannot run counts as one failure, and so does, in a run
 * of all tests, a row of a document that a test file which the row names did not show.
 */
export default class ClosingLineReporter {
  #partial;
  #error;

  constructor(globalConfig) {
    const { testNamePattern, testPathPatterns } = globalConfig;
    const isUnit = process.env.npm_lifecycle_event === "test:unit";
    this.#partial = isUnit || Boolean(testNamePattern) || testPathPatterns.patterns.length > 0;
  }

  onRunComplete(_contexts, results) {
    const missing = this.#partial ? [] : missingRows(results.testResults);
    for (const claim of missing) process.stdout.write(`FAIL ${claim}\n`);
    if (missing.length > 0) this.#error = new Error(missing.join("\n"));
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + missing.length;
    // Jest writes its own summary after the last reporter.
    process.once("exit", () => {
      process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed\n`);
    });
  }

  /** Jest ends with code 1 when a reporter has an error; it does not print it. */
  getLastError() {
    return this.#error;
  }
}
