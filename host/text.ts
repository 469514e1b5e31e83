import { GUEST_TEXT_MAX_BYTES, QUOTED_MAX_LENGTH } from "./limits.js";

/**
 * What must not reach a log or a terminal: control characters, which terminals obey; the separators of lines and paragraphs; and
 * the marks that change the direction of what follows, so that a line reads as another one. The tab may stay.
 */
const CONTROLS = /(?!\t)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

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
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
