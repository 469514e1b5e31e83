import { writeFileSync } from "node:fs";
import { DOCUMENT, withMatrix } from "./compatibility-matrix.mjs";

const MATRIX_TEST = /releases[/]matrix\.test\.ts$/;

/** Writes the table of docs/compatibility.md from a run that has checked all releases (npm run test:releases). */
export default class CompatibilityReporter {
  onRunComplete(_contexts, { testResults }) {
    if (process.env.TRITON_RELEASES !== "all") return;
    const matrix = testResults.find(({ testFilePath }) => MATRIX_TEST.test(testFilePath));
    // A run of some of the checks (jest -t) says nothing of the others.
    if (matrix === undefined || matrix.numPendingTests > 0) return;
    const releases = new Map();
    for (const { ancestorTitles, title, status } of matrix.testResults) {
      const release = ancestorTitles[0].replace("Triton ", "");
      if (!releases.has(release)) releases.set(release, new Map());
      releases.get(release).set(title, status);
    }
    const checks = [...releases.values()][0].keys();
    const rows = [...checks].map((check) => [
      check,
      ...[...releases.values()].map((results) => (results.get(check) === "passed" ? "yes" : "NO")),
    ]);
    writeFileSync(DOCUMENT, withMatrix([["", ...releases.keys()], ...rows]));
  }
}
