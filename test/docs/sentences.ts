import { TEXT_FILES, textOf } from "./tree.js";

/** Placeholder for a name or a number in a sentence that a page quotes. */
const GAP = "…";
const LITERAL = /"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g;

/** The texts of a source in TypeScript, with {@link GAP} where the program puts something in; what `+` joins is one text. */
export function sentencesOf(source: string): string[] {
  const code = withoutComments(source);
  const found: string[] = [];
  let end = 0;
  for (const match of code.matchAll(LITERAL)) {
    const [literal, plain, template] = match;
    const text = (plain ?? withoutValues(template!)).replaceAll('\\"', '"');
    const joined = found.length > 0 && /^\s*\+\s*$/.test(code.slice(end, match.index));
    found.push(joined ? found.pop() + text : text);
    end = match.index + literal.length;
  }
  return found;
}

/** The same of a source in C: neighbouring literals and named ones are one, and each conversion of printf is a {@link GAP}. */
export function sentencesOfC(source: string): string[] {
  const named = [...source.matchAll(/^#define (\w+) "([^"\n]*)"$/gm)];
  const code = named.reduce(
    (text, [, name, value]) => text.replaceAll(`${name} "`, `"${value}`),
    withoutComments(source).replace(/^#\s*(?:include.*|define \w+ "[^"\n]*")$/gm, ""),
  );
  const joined = code.replace(/%"\s*(?:PRI\w+|SCN\w+)\s*"/g, GAP).replace(/"\s*\n\s*"/g, "");
  return [...joined.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map(([, text]) =>
    text!.replace(/%[-+ #0]*[\d*.]*(?:hh|h|ll|l|z)?[a-zA-Z]/g, GAP).replaceAll("\\n", ""),
  );
}

/** The pieces of a sentence between its gaps that are long enough to search for. */
export function pieces(sentence: string): string[] {
  return sentence
    .split(GAP)
    .map((piece) => piece.trim())
    .filter((piece) => /\S\s+\S/.test(piece) && piece.length > 5);
}

/** Whether a text is a sentence for users: it has three words in a row. */
export function isSentence(text: string): boolean {
  return /[a-z]{2,} [a-z']{2,} [a-z]+/.test(text);
}

/** All sentences of the program, as one text. It includes the tests, because they quote sentences that the program composes. */
export function allThatIsSaid(): string {
  return TEXT_FILES.flatMap((file) => {
    if (/^native\/guard\/.*\.c$/.test(file)) return sentencesOfC(textOf(file));
    if (file.startsWith("host/")) return sentencesOf(textOf(file));
    return /^test\/(?!docs)/.test(file) ? textOf(file) : [];
  }).join("\n");
}

/** Replaces the values in a template. A value may itself contain braces and templates. */
function withoutValues(template: string): string {
  let text = "";
  let depth = 0;
  for (let at = 0; at < template.length; at++) {
    const begins = template.startsWith("${", at);
    if (begins && depth === 0) text += GAP;
    if (begins || (depth > 0 && template[at] === "{")) depth += 1;
    if (begins) at += 1;
    else if (depth > 0 && template[at] === "}") depth -= 1;
    else if (depth === 0) text += template[at];
  }
  return text;
}

function withoutComments(source: string): string {
  return source.replace(/\/\*\*?[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
