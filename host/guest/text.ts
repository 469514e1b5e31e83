export { printable } from "../text.js";
