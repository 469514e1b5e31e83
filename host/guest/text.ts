import { GUEST_TEXT_MAX_BYTES } from "../limits.js";

/** C0, DEL and C1 (terminals obey them) and the other two that begin a new line somewhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are to be removed
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Text that a guest or its author chose, made fit to stand in one line of a log: cut off, control characters replaced. */
export function printable(text: string): string {
  return text.slice(0, GUEST_TEXT_MAX_BYTES).replace(CONTROLS, " ");
}

/** The same of a name that stands in a sentence: at most `length` characters of it. */
export function shortened(name: string, length: number): string {
  const text = printable(name);
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
