import type { Signature } from "../inspect/facts.js";

const WORDS: Readonly<Record<string, string>> = {
  i: "i32",
  I: "i64",
  f: "f32",
  F: "f64",
  v: "v128",
  r: "a reference",
  e: "exnref",
};
/** More than the parameters of any function of the ABI. */
const VALUES_SHOWN = 8;

/** A function type in readable form: `(i32, f64) -> i32`, `() -> ()`. */
export function signatureText(signature: Signature): string {
  const [parameters, results] = signature.split("->") as [string, string];
  return `(${values(parameters)}) -> ${results.length === 1 ? WORDS[results] : `(${values(results)})`}`;
}

function values(letters: string): string {
  const words = [...letters.slice(0, VALUES_SHOWN)].map((letter) => WORDS[letter]);
  if (letters.length > VALUES_SHOWN) words.push("…");
  return words.join(", ");
}
