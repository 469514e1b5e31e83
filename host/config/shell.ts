/**
 * The characters that a POSIX shell interprets outside of quotes: operators, quotes, expansions, patterns and control characters (a line
 * feed ends a command). A blank is not among them: it only separates words.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a shell interprets some of them
const SPECIAL = /[|&;<>()$`\\"'*?[\]{}#~!\u0000-\u001f\u007f]/g;

/** @returns the characters of the text that a shell interprets, each once */
export function shellCharacters(text: string): string[] {
  return [...new Set(text.match(SPECIAL))];
}

/** Like {@link shellCharacters}, and also the blank, which splits a word into two. */
export function shellWords(text: string): string[] {
  return [...shellCharacters(text), ...(text.includes(" ") ? [" "] : [])];
}
