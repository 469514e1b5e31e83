import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { MODEL_LIMITS } from "../../host/config/model-limits.js";
import { HARDENING_MODES } from "../../host/hardening/hardening.js";
import { projectFolder } from "../support/paths.js";
import { rowsOf, rowsShownIn } from "./rows.js";

const PAGE = readFileSync(join(projectFolder(), "docs/security.md"), "utf8");
const PROMISES = between("## Promises", "## What is not promised");
const rows = rowsOf("security.md");

describe("docs/security.md", () => {
  test("names a test that exists for each promise", () => {
    const promises = PROMISES.split("\n").filter((line) => /^\| [A-Z]/.test(line));
    expect(promises.length).toBeGreaterThan(9);
    for (const promise of promises) {
      const files = [...promise.matchAll(/`([\w/-]+\.test\.ts)`/g)].map(([, file]) => file!);
      expect({ promise, files: files.length > 0 }).toEqual({ promise, files: true });
      for (const file of files) {
        expect({ file, exists: existsSync(join(projectFolder(), "test", file)) }).toEqual({
          file,
          exists: true,
        });
      }
    }
  });

  test("finding 13: lists each limit with its default, ceiling and range, and no other", () => {
    const listed = [
      ...PAGE.matchAll(/^\| `(wasm_\w+)` \| (\d+) \| (\d+) \| (\d+) to (\d+) \|/gm),
    ].map(([, parameter, standard, ceiling, min, max]) => ({
      parameter,
      min: Number(min),
      max: Number(max),
      default: Number(standard),
      ceiling: Number(ceiling),
    }));
    expect(listed).toEqual(Object.values(MODEL_LIMITS));
  });

  test("lists each metric of guests", () => {
    const source = readFileSync(
      join(projectFolder(), "host/stub/metrics/guest-statistics.ts"),
      "utf8",
    );
    const metrics = [...source.matchAll(/"(wasm_\w+)"/g)].map(([, name]) => name!);
    expect(metrics.length).toBeGreaterThan(3);
    for (const metric of metrics) expect(PAGE).toContain(`| \`${metric}\` |`);
  });

  test("explains each word for hardening", () => {
    for (const mode of HARDENING_MODES) expect(PAGE).toContain(`| \`${mode}\` |`);
  });

  test("has each of the 38 rows of the zoo once", () => {
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 38 }, (_, index) => index + 1));
  });

  test.each(rows)("row $row names tests that exist, or a reason", ({ row, state, files }) => {
    if (files.length === 0) expect(state).toMatch(/^(cannot happen: .{20}|comes with )/);
    for (const name of files) {
      expect({ name, rows: rowsShownIn(name) }).toEqual({
        name,
        rows: expect.arrayContaining([row]),
      });
    }
  });
});

function between(begin: string, end: string): string {
  return PAGE.slice(PAGE.indexOf(begin), PAGE.indexOf(end));
}
