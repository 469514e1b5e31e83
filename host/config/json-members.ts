/** What divides JSON: strings, of which the rest must not be taken for syntax, and punctuation. */
const TOKEN = /"(?:[^"\\]+|\\.)*"|[{}[\],:]/g;

/**
 * The members of a JSON object, each value as the very text that stands there: JavaScript's numbers would round those of 64 bits.
 * @param json text of an object, known to be valid JSON
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
