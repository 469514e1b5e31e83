import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { Layout } from "../../host/wire/layout.js";
import { LAYOUTS } from "../../host/wire/layouts/index.js";
import { isTried } from "../../host/wire/supported.js";
// @ts-expect-error: plain JavaScript, shared with a reporter that jest loads itself
import { DOCUMENT, matrixRows } from "../support/jest/compatibility-matrix.mjs";
import { projectFolder } from "../support/paths.js";
import { CHECK_NAMES } from "../triton/releases/checks.js";
import { ALL_RELEASES } from "../triton/releases/chosen.js";

test("docs/compatibility.md says that every check passed in every release with a server", () => {
  const rows: string[][] = matrixRows();
  expect(rows[0]).toEqual(["", ...ALL_RELEASES]);
  expect(rows.slice(1)).toEqual(
    CHECK_NAMES.map((name) => [name, ...ALL_RELEASES.map(() => "yes")]),
  );
});

test("the stub names a release as untried exactly when no table of this page has its wire format", () => {
  const built = [...text.matchAll(/^\| (\d\d\.\d\d)(?: \([\d.]+\))? \| own/gm)].map(
    ([, release]) => release!,
  );
  expect(built.length).toBeGreaterThan(5);
  const variants = LAYOUTS.filter(({ releases }) =>
    releases.some((release) => ALL_RELEASES.includes(release) || built.includes(release)),
  ).map(({ releases }) => releases[0]!);
  for (const { releases } of LAYOUTS) {
    expect([releases[0], isTried(releases[0]!)]).toEqual([
      releases[0],
      variants.includes(releases[0]!),
    ]);
  }
});

const text = readFileSync(DOCUMENT, "utf8");

/** A row of the table of layouts. */
function difference(layout: Layout, before: Layout): string {
  const { releases, structs, commands } = layout;
  const names = [...new Set([...Object.keys(structs), ...Object.keys(before.structs)])].filter(
    (name) => JSON.stringify(structs[name]) !== JSON.stringify(before.structs[name]),
  );
  const range = [...new Set([releases[0], releases.at(-1)])].join(" to ");
  const same = JSON.stringify(commands) === JSON.stringify(before.commands);
  return `| ${range} | ${names.sort().join(", ")} | ${same ? "same" : "differ"} |`;
}

test.each(
  LAYOUTS.slice(1).map((layout, index) => [
    layout.releases[0]!,
    difference(layout, LAYOUTS[index]!),
  ]),
)("it lists how the layout of %s differs", (_release, row) =>
  expect(text.split("\n")).toContain(row),
);

test("every test file that it names exists", () => {
  const files = [...text.matchAll(/`(test\/[\w/.-]+\.ts)`/g)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((file) => !existsSync(join(projectFolder(), file)))).toEqual([]);
});
