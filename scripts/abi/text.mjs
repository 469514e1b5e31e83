/** `keyLength` as `key_length`. */
export const snakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** `quotedName` as `QUOTED_NAME_MAX`. */
export const limitName = (name) => `${snakeCase(name).toUpperCase()}_MAX`;

/** A sentence in plain ASCII, as source text wants it. */
const ascii = (text) => text.replaceAll("−", "-").replaceAll("`", "");

/** Words in lines of at most `width` characters. */
export function wrapped(text, width) {
  const lines = [""];
  for (const word of ascii(text).split(" ")) {
    const line = lines.at(-1);
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}

/** A comment of TypeScript or C. */
export function blockComment(text, width, indent = "") {
  const [only, ...rest] = wrapped(text, width - indent.length - 7);
  if (rest.length === 0) return `${indent}/** ${only} */\n`;
  const lines = wrapped(text, width - indent.length - 3).map((line) => `${indent} * ${line}\n`);
  return `${indent}/**\n${lines.join("")}${indent} */\n`;
}

/** A comment of Rust or Zig. */
export function lineComment(text, width, indent = "") {
  return wrapped(text, width - indent.length - 4)
    .map((line) => `${indent}/// ${line}\n`)
    .join("");
}

/** A function's head in one line, or with a parameter a line where that is too long. */
export function declaration(head, parameters, tail, width, indent = "") {
  const line = `${indent}${head}(${parameters.join(", ")})${tail}`;
  if (line.length <= width) return `${line}\n`;
  const list = parameters.map(
    (parameter) => `${indent}${INDENT[indent.length > 0 ? 4 : 2]}${parameter},\n`,
  );
  return `${indent}${head}(\n${list.join("")}${indent})${tail}\n`;
}

const INDENT = { 2: "  ", 4: "    " };
