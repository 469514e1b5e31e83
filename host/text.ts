import { GUEST_TEXT_MAX_BYTES, QUOTED_MAX_LENGTH } from "./limits.js";

/**
 * What must not reach a log or a terminal: control characters, which terminals obey; the separators of lines and paragraphs; and
 * the marks that change the direction of what follows, so that a line reads as another one. The tab may stay. And halves of UTF-16's
 * pairs, which UTF-8 does not have: a server that finds one in a configuration refuses the whole text.
 */
const CONTROLS = /(?!\t)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A text of somebody else. What is not UTF-8 in it becomes U+FFFD, and a byte order mark stays. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** @returns how many of the first `length` bytes end with a whole character, if they are UTF-8: at most 3 fewer */
export function wholeCharacters(bytes: Uint8Array, length: number): number {
  for (let back = 1; back <= Math.min(length, 4); back++) {
    const byte = bytes[length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? length - back : length;
  }
  return length;
}

/** Makes a text fit to be one line of a log or of an answer: cut off, control characters replaced by blanks. */
export function printable(text: string): string {
  return printableLogLine(text).replaceAll("\t", " ");
}

/** As {@link printable}, for a whole line of the log: tabs stay, as in the lines of the server's other backends. */
export function printableLogLine(text: string): string {
  return text.slice(0, GUEST_TEXT_MAX_BYTES).replace(CONTROLS, " ");
}

/** Makes a text of somebody else fit to stand within a sentence, whose end must not be pushed off: at most `length` characters of it. */
export function shortened(quoted: string, length = QUOTED_MAX_LENGTH): string {
  const text = printable(quoted);
  return text.length <= length ? text : `${printable(text.slice(0, length))}…`;
}
