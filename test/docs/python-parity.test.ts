import { describe, expect, test } from "@jest/globals";
import { PYTHON_NAMES } from "./python-names.js";
import { FILES, isThere, TEXT_FILES, textOf } from "./tree.js";

/** One row of docs/python-parity.md. */
interface Row {
  readonly name: string;
  readonly since: string;
  readonly abi: readonly string[];
  /** The calls of each SDK, by the heading of the column. */
  readonly calls: Readonly<Record<string, readonly string[]>>;
  readonly shownBy: string;
}

/** How a declaration of a name begins in each SDK. */
const SDKS: Readonly<
  Record<string, { readonly files: RegExp; readonly declares: (name: string) => RegExp }>
> = {
  AssemblyScript: {
    files: /^assembly\/sdk\/(?!triton_v1)[\w-]+\.ts$/,
    declares: (name) =>
      new RegExp(
        `(?:function|get|class|enum|namespace|const|readonly) ${name}\\b|^  (?:abstract )?${name}(?:<\\w+>)?\\(|^  ${name} = \\d`,
        "m",
      ),
  },
  C: {
    files: /^sdk\/c\/triton(?!_v1)[\w]*\.h$/,
    declares: (name) =>
      new RegExp(`\\b${name}\\(void\\);|^static inline .*\\b${name}\\(|^.*\\b${name} = \\d`, "m"),
  },
  Rust: {
    files: /^sdk\/rust\/src\/(?!abi)\w+\.rs$/,
    declares: (name) =>
      new RegExp(
        `(?:fn|struct|enum|trait) ${name}\\b|^    ${name}(?:\\(\\w+\\))?(?: = \\d)?,`,
        "m",
      ),
  },
  Zig: {
    files: /^sdk\/zig\/(?!abi)\w+\.zig$/,
    declares: (name) =>
      new RegExp(`(?:fn|const) ${name}\\b|^    ${name}(?: = \\d)?,|[{,] ${name}\\b`, "m"),
  },
};

/** The row's functions do not exist yet. */
const TO_COME = /^\(comes with issue 17, part [A-Z]\)$/;
const REASON = /^(?:not needed|not offered|cannot): .{20}/;

const cellsOf = (line: string) =>
  line
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());
const quotedIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);

function rowsOfPage(): Row[] {
  const lines = textOf("docs/python-parity.md").split("\n");
  return lines
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [
        name = "",
        since = "",
        abi = "",
        assemblyScript = "",
        c = "",
        rust = "",
        zig = "",
        shownBy = "",
        ...more
      ] = cellsOf(line);
      expect({ line, more }).toEqual({ line, more: [] });
      return {
        name: quotedIn(name)[0]!,
        since,
        abi: quotedIn(abi),
        calls: {
          AssemblyScript: quotedIn(assemblyScript),
          C: quotedIn(c),
          Rust: quotedIn(rust),
          Zig: quotedIn(zig),
        },
        shownBy,
      };
    });
}

const rows = rowsOfPage();
const { functions, exports } = JSON.parse(textOf("sdk/abi.json"));
const isInAbi = (name: string) => Object.hasOwn(functions, name) || Object.hasOwn(exports, name);
const named = rows.filter(({ shownBy }) => !REASON.test(shownBy) && !TO_COME.test(shownBy));

/** All files of an SDK, one after the other. */
function sourceOf(files: RegExp): string {
  return TEXT_FILES.filter((file) => files.test(file))
    .map(textOf)
    .join("\n");
}

describe("docs/python-parity.md", () => {
  test("has each public name of the Python module once, with the release that added it", () => {
    const names = Object.entries(PYTHON_NAMES).flatMap(([since, all]) =>
      all.map((name) => ({ name, since })),
    );
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    const onPage = rows.map(({ name, since }) => ({ name, since }));
    expect(names.length).toBeGreaterThan(100);
    expect(onPage.sort(byName)).toEqual(names.sort(byName));
  });

  test("names functions and exports of the ABI that exist", () => {
    const missing = named.flatMap(({ name, abi }) =>
      abi.filter((word) => !isInAbi(word)).map((word) => `${name}: ${word}`),
    );
    expect(missing).toEqual([]);
  });

  test.each(Object.keys(SDKS))("names calls of the SDK of %s that exist", (language) => {
    const { files, declares } = SDKS[language]!;
    const source = sourceOf(files);
    expect(source.length).toBeGreaterThan(10_000);
    const missing = named.flatMap(({ name, calls }) =>
      calls[language]!.flatMap((call) => call.split(/\.|::/))
        .filter((word) => !declares(word).test(source))
        .map((word) => `${name}: ${word}`),
    );
    expect(missing).toEqual([]);
  });

  test("has a call in each SDK for each name, or a reason", () => {
    const without = named.filter(({ abi, calls }) =>
      [abi, ...Object.values(calls)].some((words) => words.length === 0),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
    const reasons = rows.filter(({ shownBy }) => REASON.test(shownBy));
    expect(reasons.filter(({ abi }) => abi.length > 0)).toEqual([]);
  });

  test("names tests that exist", () => {
    const missing = named.flatMap(({ name, shownBy }) => {
      const tests = quotedIn(shownBy);
      expect({ name, tests: tests.length > 0 }).toEqual({ name, tests: true });
      return tests
        .filter((file) => !file.endsWith(".test.ts") || !FILES.includes(`test/${file}`))
        .map((file) => `${name}: ${file}`);
    });
    expect(missing).toEqual([]);
    expect(isThere("test/triton/contract.test.ts")).toBe(true);
  });

  test("says of a function that it is to come only as long as the ABI does not have it", () => {
    const come = rows.filter(({ shownBy, abi }) => TO_COME.test(shownBy) && abi.every(isInAbi));
    expect(come.map(({ name }) => name)).toEqual([]);
  });
});
