#!/usr/bin/env node
/**
 * Writes host/wire/layouts/ from facts/layouts.json, or from the file given as argument: one table per distinct layout, as the difference
 * to the table before it, and the list of releases. With --check it writes nothing, and fails when a file differs.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST = "23.10";
const LINE_WIDTH = 100;

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "host/wire/layouts");
const args = process.argv.slice(2);
const check = args.includes("--check");
const factsFile = args.find((arg) => !arg.startsWith("--")) ?? join(root, "facts/layouts.json");
const facts = JSON.parse(readFileSync(factsFile, "utf8"));

const files = generate();
if (check) verify();
else for (const [name, text] of files) writeFileSync(join(folder, name), text);
console.log(`layouts: ${files.size - 2} tables ${check ? "agree with the facts" : "written"}`);

function verify() {
  const wrong = [...files].filter(([name, text]) => read(name) !== text).map(([name]) => name);
  const surplus = readdirSync(folder).filter((name) => !files.has(name));
  if (wrong.length + surplus.length === 0) return;
  console.error(
    `layouts: ${[...wrong, ...surplus].join(", ")} differ from the facts: run 'npm run layouts', and remove all other files`,
  );
  process.exit(1);
}

function read(name) {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    return undefined;
  }
}

function generate() {
  const groups = facts.about.struct_groups.filter(([first]) => first >= OLDEST);
  const tables = groups.map((releases, index) => [
    `${fileName(releases[0])}.ts`,
    table(releases, groups[index - 1]),
  ]);
  return new Map([...tables, ["index.ts", indexFile(groups)], ["releases.ts", releasesFile()]]);
}

function table(releases, before) {
  const [first] = releases;
  const { structs } = layoutOf(first);
  for (const release of releases.slice(1)) {
    if (structText(layoutOf(release).structs) !== structText(structs)) {
      throw new Error(`layouts: the structs of ${release} are not those of ${first}`);
    }
  }
  const older = before === undefined ? undefined : layoutOf(before[0]);
  const inherited = before === undefined ? undefined : tableName(before[0]);
  const imported =
    inherited === undefined ? "" : `import { ${inherited} } from "./${fileName(before[0])}.js";\n`;
  return `${header(first)}import type { Layout } from "../layout.js";
${imported}
/** Structs and command numbers of ${releases.join(", ")}; fields are [offset, size] in bytes. */
export const ${tableName(first)}: Layout = {
  releases: ${listText(releases)},
  commands: ${commandsText(first, before, inherited)},
  structs: ${structsText(structs, older?.structs, inherited)},
};
`;
}

/** Formatted as by biome: on one line if it fits. */
function listText(releases) {
  const quoted = releases.map((release) => `"${release}"`);
  const line = `[${quoted.join(", ")}]`;
  if (line.length + "  releases: ,".length <= LINE_WIDTH) return line;
  return `[\n${quoted.map((text) => `    ${text},`).join("\n")}\n  ]`;
}

function commandsText(first, before, inherited) {
  const commands = commandsOf(first);
  const older = before === undefined ? [] : commandsOf(before[0]);
  const kept = older.filter(([name, number]) =>
    commands.some((command) => command[0] === name && command[1] === number),
  );
  if (older.length === 0 || kept.length < older.length) return `{\n${commandList(commands)}\n  }`;
  const added = commands.slice(older.length);
  if (added.length === 0) return `${inherited}.commands`;
  return `{\n    ...${inherited}.commands,\n${commandList(added)}\n  }`;
}

function commandsOf(release) {
  return Object.entries(layoutOf(release).enums.PYTHONSTUB_CommandType.values).map(
    ([name, number]) => [commandName(name), number],
  );
}

function commandList(commands) {
  return commands.map(([name, number]) => `    ${name}: ${number},`).join("\n");
}

/** 24.01 has renamed one command. The newer name is used for all releases. */
function commandName(name) {
  return name
    .replace("PYTHONSTUB_", "")
    .replace("BLSDecoupledResponseFactory", "DecoupledResponseFactory");
}

function structsText(structs, older, inherited) {
  if (older === undefined) return `{\n${structText(structs)}\n  }`;
  const changed = Object.entries(structs).filter(
    ([name, struct]) => JSON.stringify(struct) !== JSON.stringify(older[name]),
  );
  const gone = Object.keys(older).filter((name) => structs[name] === undefined);
  const lines = [
    `    ...${inherited}.structs,`,
    ...gone.map((name) => `    ${name}: undefined,`),
    ...(changed.length === 0 ? [] : [structText(Object.fromEntries(changed))]),
  ];
  return `{\n${lines.join("\n")}\n  }`;
}

function structText(structs) {
  return Object.entries(structs)
    .map(([name, { size, fields }]) => {
      const lines = fields.map(
        (field) => `        ${field.name}: [${field.offset}, ${field.size}],`,
      );
      return `    ${name}: {\n      size: ${size},\n      fields: {\n${lines.join("\n")}\n      },\n    },`;
    })
    .join("\n");
}

function indexFile(groups) {
  const firsts = groups.map(([first]) => first);
  const imports = firsts
    .map((first) => `import { ${tableName(first)} } from "./${fileName(first)}.js";`)
    .join("\n");
  return `// Generated by scripts/layouts.mjs: do not edit.
import type { Layout } from "../layout.js";
${imports}

/** Every supported layout, oldest first. */
export const LAYOUTS: readonly Layout[] = [
${firsts.map((first) => `  ${tableName(first)},`).join("\n")}
];
`;
}

function releasesFile() {
  const lines = Object.entries(facts.releases)
    .map(([release, { server_version }]) => `  ["${server_version}", "${release}"],`)
    .join("\n");
  return `// Generated by scripts/layouts.mjs: do not edit.

/** Every known release of Triton: the version of the server, and the name of its containers and branches. */
export const RELEASE_OF_SERVER_VERSION: ReadonlyMap<string, string> = new Map([
${lines}
]);
`;
}

function header(first) {
  return `// Generated by scripts/layouts.mjs from the DWARF of python_backend r${first}: do not edit.\n`;
}

function layoutOf(release) {
  return facts.layouts[facts.releases[release].layout];
}

function tableName(release) {
  return `r${release.replace(".", "_")}`;
}

function fileName(release) {
  return `r${release.replace(".", "-")}`;
}
