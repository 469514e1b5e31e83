import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
// @ts-expect-error: plain JavaScript, shared with a reporter that jest loads itself
import { isShown, parityRows, rowsOfTitle } from "../identity-parity.mjs";
import { projectFolder } from "../triton/harness/paths.js";

interface Row {
  readonly row: number;
  readonly fact: string;
  readonly state: string;
  readonly files: readonly string[];
}

const rows: Row[] = parityRows();

/** Every text in a file that begins as the title of a row's test does. */
function titlesOf(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/["'`](rows? \d[^"'`]*)/g)].map(
    ([, title]) => title!,
  );
}

describe("docs/identity-parity.md", () => {
  test("has each of the 81 rows of identity_backend's behaviour once", () => {
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 81 }, (_, index) => index + 1));
  });

  test.each(rows)("row $row names tests that exist, or a reason", ({ row, state, files }) => {
    expect(state).toMatch(/^(equal|better: .{20}|cannot: (.{20}|as row \d+))/);
    if (isShown({ state })) expect(files).not.toEqual([]);
    for (const name of files) {
      const file = join(projectFolder(), "test", name);
      expect({ name, exists: existsSync(file) }).toEqual({ name, exists: true });
      expect({ name, rows: titlesOf(file).flatMap(rowsOfTitle) }).toEqual({
        name,
        rows: expect.arrayContaining([row]),
      });
    }
  });
});
