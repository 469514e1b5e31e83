import { readFileSync } from "node:fs";

export const DOCUMENT = new URL("../../../docs/compatibility.md", import.meta.url);
const BEGIN = "<!-- written by npm run test:releases -->";
const END = "<!-- end -->";

/** The table release × check of docs/compatibility.md, as rows of cells. */
export function matrixRows() {
  return parts()
    .table.trim()
    .split("\n")
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((_, index) => index !== 1);
}

/** The document with another table. */
export function withMatrix(rows) {
  const { before, after } = parts();
  const [header, ...checks] = rows.map((cells) => `| ${cells.join(" | ")} |`);
  const rule = `|${rows[0].map(() => " --- ").join("|")}|`;
  return `${before}\n${[header, rule, ...checks].join("\n")}\n${after}`;
}

function parts() {
  const text = readFileSync(DOCUMENT, "utf8");
  const from = text.indexOf(BEGIN) + BEGIN.length;
  const to = text.indexOf(END);
  if (from < BEGIN.length || to < from) {
    throw new Error(`docs/compatibility.md lacks ${BEGIN} or ${END}`);
  }
  return { before: text.slice(0, from), table: text.slice(from, to), after: text.slice(to) };
}
