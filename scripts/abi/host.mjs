/** host/guest/abi-functions.ts: the host's functions with their types. */
import { blockComment } from "./text.mjs";
import { PARAMETERS, RESULTS, signatureOf } from "./types.mjs";

const WIDTH = 100;
const typeOf = ({ wasm }) => (wasm === "I" ? "bigint" : "number");
const titleCase = (text) => text[0].toUpperCase() + text.slice(1);

export function hostFunctions(abi) {
  const groups = Object.keys(abi.groups).map((group) => {
    const functions = Object.entries(abi.functions).filter(([, entry]) => entry.group === group);
    return `${signatures(group, functions)}\n${types(group, functions)}`;
  });
  return [
    "// Generated from sdk/abi.json by scripts/abi.mjs: do not edit.\n\n",
    "/** Import namespace of the guest ABI; the version is part of the name. */\n",
    `export const ABI_NAMESPACE = "${abi.namespace}";\n\n`,
    groups.join("\n"),
  ].join("");
}

function signatures(group, functions) {
  const lines = functions.map(([name, entry]) => `  ${name}: "${signatureOf(entry)}",\n`);
  const about = `Functions of the group '${group}' with their types: parameters, an arrow, the result; i is i32, I is i64, F is f64.`;
  return `${blockComment(about, WIDTH)}export const ${group.toUpperCase()}_IMPORTS = {\n${lines.join("")}} as const;\n`;
}

/** Methods, so that an implementation need not name a parameter's type again. */
function types(group, functions) {
  const lines = functions.map(([name, entry]) => {
    const parameters = Object.entries(entry.parameters).map(
      ([parameter, type]) => `${parameter}: ${typeOf(PARAMETERS[type])}`,
    );
    const tail = `: ${typeOf(RESULTS[entry.result])};\n`;
    const line = `  ${name}(${parameters.join(", ")})${tail}`;
    if (line.length <= WIDTH + 1) return line;
    return `  ${name}(\n${parameters.map((parameter) => `    ${parameter},\n`).join("")}  )${tail}`;
  });
  const about = `What the host gives a guest for them. Every number that comes in is untrusted.`;
  return `${blockComment(about, WIDTH)}export interface ${titleCase(group)}Functions {\n${lines.join("")}}\n`;
}
