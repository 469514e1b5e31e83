/** The raw imports of the four SDKs: one file each, which has nothing else. */
import { blockComment, declaration, limitName, lineComment, snakeCase, wrapped } from "./text.mjs";
import { PARAMETERS, RESULTS } from "./types.mjs";

const GENERATED = "Generated from sdk/abi.json by scripts/abi.mjs: do not edit.";
const ABOUT = "The host functions of the guest ABI triton_v1, which docs/guest-abi.md documents.";
const RULE =
  "A pointer and the number after it describe a range of that many bytes (of a shape: dimensions). If the number is 0, the pointer may have any value. A result of -1 means that the item does not exist or that a metric was refused; -2 means that the request has failed. A function that writes a text writes at most capacity bytes of it and returns the length of the whole text.";

const functionsOf = (abi) => Object.entries(abi.functions);
const limitsOf = (abi) => Object.entries(abi.limits);

/** The parameters in a language. `write` formats one of them; its name is in snake case, except in AssemblyScript. */
function parametersOf({ parameters }, language, write) {
  return Object.entries(parameters).map(([name, type]) =>
    write(language === "as" ? name : snakeCase(name), PARAMETERS[type][language]),
  );
}

/** assembly/sdk/triton_v1.ts. The file's name is the namespace of the imports, so no function needs a decorator. */
export function assemblyScript(abi) {
  const width = 100;
  const limits = limitsOf(abi).map(
    ([name, { value, doc }]) =>
      `${blockComment(doc, width)}export const ${limitName(name)}: i32 = ${value};\n`,
  );
  const functions = functionsOf(abi).map(([name, entry]) => {
    const parameters = parametersOf(entry, "as", (parameter, type) => `${parameter}: ${type}`);
    const tail = `: ${RESULTS[entry.result].as};`;
    return (
      blockComment(entry.doc[0], width) +
      declaration(`export declare function ${name}`, parameters, tail, width)
    );
  });
  const about = `${ABOUT} This file's name is the namespace of the imports. ${RULE}`;
  return `// ${GENERATED}\n${blockComment(about, width)}\n${[...limits, ...functions].join("\n")}`;
}

/** sdk/c/triton_v1.h */
export function cHeader(abi) {
  const width = 120;
  const limits = limitsOf(abi).map(
    ([name, { value, doc }]) =>
      `${blockComment(doc, width)}#define TRITON_V1_${limitName(name)} ${value}\n`,
  );
  const functions = functionsOf(abi).map(([name, entry]) => {
    const parameters = parametersOf(entry, "c", (parameter, type) =>
      type.endsWith("*") ? `${type}${parameter}` : `${type} ${parameter}`,
    );
    const head = `${RESULTS[entry.result].c} triton_v1_${name}(`;
    const list = wrapped(parameters.length === 0 ? "void" : parameters.join(", "), width - 6);
    const together = `${head}${list[0]});`;
    const body =
      list.length === 1 && together.length <= width
        ? together
        : `${head}\n    ${wrapped(parameters.join(", "), width - 6).join("\n    ")});`;
    return `${blockComment(entry.doc[0], width)}TRITON_IMPORT(${name})\n${body}\n`;
  });
  return [
    `/* ${GENERATED} */\n${blockComment(`${ABOUT} ${RULE}`, width)}`,
    "#ifndef TRITON_V1_H\n#define TRITON_V1_H\n\n#include <stdint.h>\n\n",
    '#ifdef __cplusplus\nextern "C" {\n#endif\n\n',
    `${limits.join("\n")}\n`,
    `#define TRITON_IMPORT(name) __attribute__((import_module("${abi.namespace}"), import_name(#name))) extern\n\n`,
    `${functions.join("\n")}\n`,
    "#ifdef __cplusplus\n}\n#endif\n\n#endif\n",
  ].join("");
}

/** sdk/rust/src/abi.rs */
export function rust(abi) {
  const width = 100;
  const limits = limitsOf(abi).map(
    ([name, { value, doc }]) =>
      `${lineComment(doc, width)}pub const ${limitName(name)}: usize = ${value};\n`,
  );
  const functions = functionsOf(abi).map(([name, entry]) => {
    const parameters = parametersOf(entry, "rust", (parameter, type) => `${parameter}: ${type}`);
    const safe = Object.values(entry.parameters).every((type) => !PARAMETERS[type].pointer);
    const head = `pub ${safe ? "safe " : ""}fn ${name}`;
    const tail = ` -> ${RESULTS[entry.result].rust};`;
    return (
      lineComment(entry.doc[0], width, "    ") + declaration(head, parameters, tail, width, "    ")
    );
  });
  const about = [ABOUT, "", ...wrapped(RULE, width - 4)].map((line) => `//! ${line}`.trimEnd());
  return [
    `// ${GENERATED}\n${about.join("\n")}\n\n${limits.join("\n")}\n`,
    `#[link(wasm_import_module = "${abi.namespace}")]\nunsafe extern "C" {\n`,
    `${functions.join("\n")}}\n`,
  ].join("");
}

/** sdk/zig/abi.zig */
export function zig(abi) {
  const width = 120;
  const named = /^[A-Z]/;
  const types = new Set();
  const limits = limitsOf(abi).map(
    ([name, { value, doc }]) =>
      `${lineComment(doc, width)}pub const ${limitName(name).toLowerCase()} = ${value};\n`,
  );
  const functions = functionsOf(abi).map(([name, entry]) => {
    const parameters = parametersOf(entry, "zig", (parameter, type) => {
      if (named.test(type)) types.add(type);
      return `${parameter}: ${type}`;
    });
    const result = RESULTS[entry.result].zig;
    if (named.test(result)) types.add(result);
    const line = `pub extern "${abi.namespace}" fn ${name}(${parameters.join(", ")}) ${result};\n`;
    return lineComment(entry.doc[0], width) + line;
  });
  const about = wrapped(`${ABOUT} ${RULE}`, width - 4).map((line) => `//! ${line}\n`);
  const aliases = [...types].sort().map((type) => `const ${type} = triton.${type};\n`);
  return [
    `// ${GENERATED}\n${about.join("")}\nconst triton = @import("triton.zig");\n${aliases.join("")}\n`,
    `${limits.join("\n")}\n${functions.join("\n")}`,
  ].join("");
}
