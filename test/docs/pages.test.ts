import { basename, dirname, join, normalize } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { FILES, isThere, TEXT_FILES, textOf } from "./tree.js";

/** A path that a text names, with the file and line in which it does. */
interface Mention {
  readonly where: string;
  readonly file: string;
  readonly path: string;
  /** What follows the path in the text. */
  readonly rest: string;
}

const PAGE = /(?<![\w./*<>-])(?:[\w.-]+\/)*[\w.-]+\.md\b/g;
const FACTS = /(?<![\w./-])(?:[\w.-]+\/)*(?:layouts|heap-traces)\.json\b/g;
/** Paths from the root, in a comment or in prose. */
const FROM_ROOT =
  /(?<![\w./-])(?:host|native|assembly|sdk|test|scripts|docs|facts|bench|examples)\/[\w./-]*\.(?:ts|mjs|cjs|c|h|cpp|sh|rs|zig|md|json)\b/g;
/** Names of source files that a page quotes. */
const QUOTED = /`([\w./-]+\.(?:ts|mjs|cjs|c|h|cpp|sh|rs))`/g;
/** Headers of compilers, and a file of the server. */
const FOREIGN = ["wasm_simd128.h", "src/grpc/infer_handler.h"];
/** Folders that a page quotes. */
const QUOTED_FOLDER =
  /`((?:host|native|assembly|sdk|test|scripts|facts|bench|examples)(?:\/[\w-]+)*\/?)`/g;
const LINK = /\]\(([^)\s]+)\)/g;

const PAGES = TEXT_FILES.filter((file) => file.endsWith(".md"));

function mentions(files: readonly string[], pattern: RegExp, group = 0): Mention[] {
  return files.flatMap((file) => {
    const text = textOf(file);
    return [...text.matchAll(pattern)].map((match) => {
      const line = text.slice(0, match.index).split("\n").length;
      const end = match.index + match[0].length;
      return {
        where: `${file}:${line}`,
        file,
        path: match[group]!,
        rest: text.slice(end, end + 200),
      };
    });
  });
}

/** Where a page of this name may be: seen from the root, from beside the file, or among the pages for users. */
function pageOf({ file, path }: Mention): string | undefined {
  const places = [path, normalize(join(dirname(file), path)), join("docs", path)];
  return places.find((place) => FILES.includes(place));
}

/** As a viewer makes an anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** A path below an installed package of ours, as one of this repository. */
function installed(path: string): string {
  return path.replace(/^(\.\.\/)*node_modules\/triton-wasm-backend\//, "");
}

function headings(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!.replaceAll("`", ""),
  );
}

test("each page that a text names is in the repository", () => {
  const named = mentions(TEXT_FILES, PAGE);
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((mention) => pageOf(mention) === undefined).map(shown)).toEqual([]);
});

test("facts are named as the files of facts/", () => {
  const named = mentions(TEXT_FILES, FACTS);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ path }) => !isThere(path.replace(/^(\.\.\/)+/, ""))).map(shown)).toEqual(
    [],
  );
});

test("each file that a text names by its path is in the repository", () => {
  const named = mentions(TEXT_FILES, FROM_ROOT);
  expect(named.length).toBeGreaterThan(100);
  // docs/security.md names tests from test/ on.
  const missing = named.filter(({ path }) => !isThere(path) && !isThere(join("test", path)));
  expect(missing.map(shown)).toEqual([]);
});

test("each source file and folder that a page quotes is in the repository", () => {
  const names = new Set(FILES.map((file) => basename(file)));
  const files = mentions(PAGES, QUOTED, 1).filter(({ path }) => !FOREIGN.includes(path));
  const folders = mentions(PAGES, QUOTED_FOLDER, 1);
  expect(Math.min(files.length, folders.length)).toBeGreaterThan(30);
  const missing = [
    // Pages also name a file from their own folder, from test/, or by its name alone.
    ...files.filter(
      ({ path, file }) =>
        // What an installed package has, this repository has as well.
        ![installed(path), join("test", path), normalize(join(dirname(file), path))].some(
          isThere,
        ) &&
        (path !== basename(path) || !names.has(path)),
    ),
    ...folders.filter(({ path }) => !isThere(path)),
  ];
  expect(missing.map(shown)).toEqual([]);
});

describe("sections", () => {
  const named = mentions(TEXT_FILES, PAGE);

  test("each section number that follows a page's name is a heading there", () => {
    const numbered = named.flatMap((mention) => {
      const [numbers] = /^(?:,? (?:to |and )?\d+(?:\.\d+|[a-z])?\b(?!\.\d))+/.exec(
        mention.rest,
      ) ?? [""];
      return [...numbers.matchAll(/\d+(?:\.\d+|[a-z])?/g)].map(([number]) => ({ mention, number }));
    });
    expect(numbered.length).toBeGreaterThan(10);
    const missing = numbered.filter(({ mention, number }) => {
      const titles = headings(pageOf(mention) ?? mention.path);
      return !titles.some(
        (title) => title.startsWith(`${number} `) || title.startsWith(`${number}. `),
      );
    });
    expect(missing.map(({ mention, number }) => `${shown(mention)} ${number}`)).toEqual([]);
  });

  test("each section that is named in quotes is a heading there", () => {
    const quoted = named.flatMap((mention) => {
      const [, title] = /^,\s+(?:\*\s+)?"([^"]+)"/.exec(mention.rest) ?? [];
      return title === undefined ? [] : [{ mention, title }];
    });
    expect(quoted.length).toBeGreaterThan(3);
    const missing = quoted.filter(
      ({ mention, title }) =>
        !headings(pageOf(mention) ?? mention.path).some((heading) => heading.startsWith(title)),
    );
    expect(missing.map(({ mention, title }) => `${shown(mention)} "${title}"`)).toEqual([]);
  });

  test("each link of a page leads to a file, and to a heading of it", () => {
    const links = mentions(PAGES, LINK, 1).filter(({ path }) => !/^[a-z]+:/.test(path));
    expect(links.length).toBeGreaterThan(50);
    const broken = links.filter(({ file, path }) => {
      const [target, anchor] = path.split("#") as [string, string?];
      const place = target === "" ? file : normalize(join(dirname(file), target));
      if (!isThere(place)) return true;
      return anchor !== undefined && !headings(place).map(anchorOf).includes(anchor);
    });
    expect(broken.map(shown)).toEqual([]);
  });
});

test("no text leads out of the repository", () => {
  const outside = mentions(
    TEXT_FILES,
    /\.\.\/shared\/(?!mapping|journal|phase|factory|batch-progress|open-slots|push-effects)[\w./-]*/g,
  );
  expect(outside.map(shown)).toEqual([]);
});

function shown({ where, path }: Mention): string {
  return `${where}: ${path}`;
}
