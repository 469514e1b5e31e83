/**
 * What a POSIX shell treats specially outside of quotes: operators, quotes, expansions and patterns, and control characters, of
 * which a line feed ends a command. A blank is not among them: it only separates words.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a shell obeys some of them
const SPECIAL = /[|&;<>()$`\\"'*?[\]{}#~!\u0000-\u001f\u007f]/g;

/** @returns each character of the text that a shell treats specially, once */
export function shellCharacters(text: string): string[] {
  return [...new Set(text.match(SPECIAL))];
}

/** As {@link shellCharacters}, with the blank, which divides a word into two. */
export function shellWords(text: string): string[] {
  return [...shellCharacters(text), ...(text.includes(" ") ? [" "] : [])];
}
