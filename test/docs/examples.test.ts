import { describe, expect, test } from "@jest/globals";
import { FILES, textOf } from "./tree.js";

/** Source files by the language that the page names. */
const SOURCES: Readonly<Record<string, RegExp>> = {
  AssemblyScript: /\/model\.ts$/,
  C: /\.c$/,
  Rust: /\/model\.rs$/,
  Zig: /\.zig$/,
};

/** The one that uses the source of another folder (scripts/examples.sh). */
const WITHOUT_SOURCE = "examples/python_backend/add_sub";

const page = textOf("docs/examples.md");
const folders = FILES.filter((file) =>
  /^examples\/(?:processing|python_backend)\/\w+\/config\.pbtxt$/.test(file),
).map((file) => file.replace(/\/config\.pbtxt$/, ""));

/** The row of a model in the section that names its repository. */
function rowOf(folder: string): string {
  const [, repository, model] = folder.split("/") as [string, string, string];
  const section = page
    .split("\n## ")
    .find((text) => text.includes(`of \`examples/${repository}\` `));
  const row = section?.split("\n").find((line) => line.startsWith(`| \`${model}\` |`));
  if (row === undefined) throw new Error(`docs/examples.md has not a row for ${folder}`);
  return row;
}

describe("docs/examples.md", () => {
  test("has a row for each model of the two repositories", () => {
    expect(folders.length).toBeGreaterThanOrEqual(9);
    for (const folder of folders) expect(rowOf(folder)).toMatch(/^\|/);
  });

  test("has a row for each model that exists in one or all languages", () => {
    const models = FILES.flatMap((file) => {
      const match = /^examples\/(?:assemblyscript|c|rust|zig)\/(\w+)\/config\.pbtxt$/.exec(file);
      return match === null ? [] : [match[1]!];
    });
    expect(new Set(models).size).toBeGreaterThanOrEqual(9);
    const withoutRow = models.filter((model) => !page.includes(`\n| \`${model}\` |`));
    expect(withoutRow).toEqual([]);
  });

  test.each(folders)("names tensors, parameters and language of %s", (folder) => {
    const row = rowOf(folder);
    const config = textOf(`${folder}/config.pbtxt`);
    const tensors = [...config.matchAll(/name: "([A-Z0-9_]+)"/g)].map(([, name]) => name!);
    const parameters = [...config.matchAll(/key: "(\w+)"/g)].map(([, key]) => `\`${key}\``);
    // The models that complete their configuration have not a tensor in it.
    expect(tensors.length > 0).toBe(!folder.endsWith("auto_complete"));
    for (const name of [...tensors, ...parameters]) expect(row).toContain(name);
    expect(config).toContain(`name: "${folder.split("/")[2]}"`);

    const language = row.split("|")[2]!.trim();
    const ofFolder = FILES.filter((file) => file.startsWith(`${folder}/`));
    if (folder !== WITHOUT_SOURCE) {
      expect(ofFolder.filter((file) => SOURCES[language]!.test(file))).toHaveLength(1);
    }
  });
});
