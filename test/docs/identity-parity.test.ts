import { describe, expect, test } from "@jest/globals";
import { rowsOf, rowsShownIn } from "./rows.js";

const rows = rowsOf("identity-parity.md");

describe("docs/identity-parity.md", () => {
  test("has each of the 81 rows of identity_backend's behaviour once", () => {
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 81 }, (_, index) => index + 1));
  });

  test.each(rows)("row $row names tests that exist, or a reason", ({ row, state, files }) => {
    expect(state).toMatch(/^(equal|better: .{20}|cannot: (.{20}|as row \d+))/);
    if (!state.startsWith("cannot")) expect(files).not.toEqual([]);
    for (const name of files) {
      expect({ name, rows: rowsShownIn(name) }).toEqual({
        name,
        rows: expect.arrayContaining([row]),
      });
    }
  });
});
