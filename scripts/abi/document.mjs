/** The tables of docs/guest-abi.md. Each is between two comments. */

/** @throws Error when a comment is missing */
export function withTables(page, abi) {
  return replaced(replaced(page, "exports", exportTable(abi)), "imports", importTables(abi));
}

function replaced(page, name, table) {
  const [begin, end] = [`<!-- ${name} of sdk/abi.json -->\n`, `<!-- end of ${name} -->\n`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`docs/guest-abi.md lacks one of the comments ${begin}${end}`);
  return `${page.slice(0, from + begin.length)}\n${table}\n${page.slice(to)}`;
}

function exportTable(abi) {
  const rows = Object.entries(abi.exports).map(([name, { results, doc }]) => {
    const type = results === undefined ? "memory" : `\`() -> ${results[0] ?? "()"}\``;
    return row(`\`${name}\``, type, doc.join(" "));
  });
  return `${row("name", "type", "what it is")}${row("---", "---", "---").replaceAll(" ", "")}${rows.join("")}`;
}

function importTables(abi) {
  return Object.entries(abi.groups)
    .map(([group, { title }]) => {
      const rows = Object.entries(abi.functions)
        .filter(([, entry]) => entry.group === group)
        .map(([name, entry]) => row(head(name, entry), entry.doc.join(" ")));
      return `${title}\n\n${row("function", "what it does")}|---|---|\n${rows.join("")}`;
    })
    .join("\n");
}

/** Name and parameters; the revision only if it is not the first. */
function head(name, { parameters, since }) {
  const text = `\`${name}(${Object.keys(parameters).join(", ")})\``;
  return since === 1 ? text : `${text} (revision ${since})`;
}

function row(...cells) {
  return `| ${cells.join(" | ")} |\n`;
}
