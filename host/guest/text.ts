import { GUEST_TEXT_MAX_BYTES } from "../limits.js";

/** C0, DEL and C1 (terminals obey them) and the other two that begin a new line somewhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are to be removed
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** The same without the tab. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these are to be removed
const CONTROLS_OF_LOG = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Text that a guest or its author chose, made fit to stand in one line of a log: cut off, control characters replaced. */
export function printable(text: string): string {
  return text.slice(0, GUEST_TEXT_MAX_BYTES).replace(CONTROLS, " ");
}

/** As {@link printable}, for a guest's own line in the log: its tabs stay, as those of the server's other backends do. */
export function printableLogLine(text: string): string {
  return text.slice(0, GUEST_TEXT_MAX_BYTES).replace(CONTROLS_OF_LOG, " ");
}
