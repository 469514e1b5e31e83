export { printable, printableLogLine } from "../text.js";
