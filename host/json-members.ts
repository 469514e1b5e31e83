/** Tokens of JSON: punctuation, and strings, whose contents must not be mistaken for punctuation. */
const TOKEN = /"(?:[^"\\]+|\\.)*"|[{}[\],:]/g;

/**
 * Splits a JSON object into its members. Each value is the original text, because JavaScript would round 64-bit numbers.
 * @param json an object in valid JSON
 */
export function jsonMembers(json: string): Map<string, string> {
  const members = new Map<string, string>();
  let depth = 0;
  let name: string | undefined;
  let from = 0;
  for (const { 0: token, index } of json.matchAll(TOKEN)) {
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
    if (depth === 1 && name === undefined && token.startsWith('"')) name = JSON.parse(token);
    else if (depth === 1 && token === ":") from = index + 1;
    else if (name !== undefined && (depth === 0 || (depth === 1 && token === ","))) {
      members.set(name, json.slice(from, index));
      name = undefined;
    }
  }
  return members;
}
