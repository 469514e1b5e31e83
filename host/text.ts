import { GUEST_TEXT_MAX_BYTES } from "./limits.js";

/**
 * What must not reach a log or a terminal: C0, DEL and C1, which terminals obey; the two separators that begin a new line
 * somewhere; and the marks that change the direction of what follows, so that a line reads as another one.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are to be removed
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Makes a text fit to be one line of a log or of an answer: cut off, control characters replaced by blanks. */
export function printable(text: string): string {
  return text.slice(0, GUEST_TEXT_MAX_BYTES).replace(CONTROLS, " ");
}
