import { describe, expect, test } from "@jest/globals";
import { allThatIsSaid, pieces } from "./sentences.js";
import { TEXT_FILES, textOf } from "./tree.js";

const PAGE = textOf("docs/errors.md");
/** Each code with the sentence that documents it. */
const CODES = new Map(
  [...textOf("host/errors.ts").matchAll(/\/\*\* (.+) \*\/\n {2}\| "(ERR_\w+)"/g)].map(
    ([, sentence, code]) => [code!, sentence!],
  ),
);
const ENTRIES = new Map(
  PAGE.split(/^## /m)
    .slice(1)
    .map((entry) => [entry.slice(0, entry.indexOf("\n")), entry]),
);
const said = allThatIsSaid();

describe("docs/errors.md", () => {
  test("has an entry for each code of host/errors.ts, in its order, and no other", () => {
    const declared = [...textOf("host/errors.ts").matchAll(/^ {2}\| "(ERR_\w+)"/gm)].map(
      ([, code]) => code,
    );
    expect(declared.length).toBeGreaterThan(20);
    expect([...CODES.keys()]).toEqual(declared);
    expect([...ENTRIES.keys()]).toEqual(declared);
  });

  test.each([...CODES])(
    "says of %s what its declaration says, and what to do",
    (code, sentence) => {
      const entry = ENTRIES.get(code)!;
      expect(entry.split("\n")[2]).toBe(sentence);
      expect(entry).toMatch(/^\| what to do \| .{20}/m);
    },
  );

  test.each([...ENTRIES])("quotes for %s sentences that the code has", (_code, entry) => {
    const quoted = [...entry.matchAll(/^\| reads \| `(.*)` \|$/gm)].map(([, text]) => text!);
    expect(quoted).not.toEqual([]);
    const unknown = quoted.flatMap(pieces).filter((piece) => !said.includes(piece));
    expect(unknown).toEqual([]);
  });
});

test("each code is thrown somewhere", () => {
  const sources = TEXT_FILES.filter((file) => file.startsWith("host/") && file !== "host/errors.ts")
    .map(textOf)
    .join("\n");
  const thrown = new Set(
    [...sources.matchAll(/(?<![=|] )"(ERR_\w+)"(?=[,:]| :)/g)].map(([, code]) => code!),
  );
  expect([...CODES.keys()].filter((code) => !thrown.has(code))).toEqual([]);
});

test("F8: these rooms compose their sentences in files named errors.ts", () => {
  const composing = TEXT_FILES.filter(
    (file) =>
      /^host\/(?:libc|shm|wire|release|log|channel|stub)\//.test(file) &&
      textOf(file).includes("new StubError("),
  );
  expect(composing.length).toBeGreaterThan(5);
  expect(composing.filter((file) => !file.endsWith("/errors.ts"))).toEqual([]);
});
