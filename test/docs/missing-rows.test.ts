import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
// @ts-expect-error: plain JavaScript, shared with a reporter that jest loads itself
import { DOCUMENTS, missingRows } from "../support/jest/shown-rows.mjs";
import { projectFolder } from "../support/paths.js";
import { rowsOf } from "./rows.js";

type Result = { ancestorTitles: string[]; title: string; status: string };

const claims: { row: number; file: string }[] = DOCUMENTS.flatMap((document: string) =>
  rowsOf(document).flatMap(({ row, files }) => files.map((file) => ({ row, file }))),
);

function missing(result: (row: number) => Result): string[] {
  return missingRows(
    claims.map(({ row, file }) => ({
      testFilePath: join(projectFolder(), "test", file),
      testResults: [result(row)],
    })),
  );
}

describe("a row of a document is shown", () => {
  test("by a test whose title names it", () => {
    expect(
      missing((row) => ({ ancestorTitles: [], title: `row ${row}: x`, status: "passed" })),
    ).toEqual([]);
  });

  test("by a test in a group whose title names it", () => {
    const inGroup = (row: number) => ({
      ancestorTitles: ["x", `rows ${row}, 999: x`],
      title: "y",
      status: "passed",
    });
    expect(missing(inGroup)).toEqual([]);
  });

  test("by none that failed, and each file that a row names has to show it", () => {
    const failed = missing((row) => ({
      ancestorTitles: [],
      title: `row ${row}: x`,
      status: "failed",
    }));
    expect(failed).toHaveLength(claims.length);
    expect(failed[0]).toContain(`test/${claims[0]!.file} that passed shows row ${claims[0]!.row}`);
  });
});
