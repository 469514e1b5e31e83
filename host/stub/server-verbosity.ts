import { readFileSync } from "node:fs";

const OPTION = "--log-verbose";
/** getopt takes any beginning of an option's name that no other option has. */
const SHORTEST = "--log-v";

/**
 * Whether the server was started with verbose logging. Nothing on the wire says so, and a verbosity that is set later
 * over `/v2/logging` shows nowhere.
 * @param serverPid whose command line is read; unreadable counts as not verbose
 */
export function isServerVerbose(serverPid: number): boolean {
  let words: string[];
  try {
    words = readFileSync(`/proc/${serverPid}/cmdline`, "utf8").split("\0");
  } catch {
    return false;
  }
  let verbose = false;
  for (const [index, word] of words.entries()) {
    const [name = "", value = words[index + 1]] = word.split("=", 2);
    if (!name.startsWith(SHORTEST) || !OPTION.startsWith(name)) continue;
    verbose = value === "true" || Number(value) > 0;
  }
  return verbose;
}
