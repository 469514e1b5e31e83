import { readFileSync } from "node:fs";
import koffi from "koffi";

/** Positions of `env_start` and `env_end` behind the name in /proc/self/stat (proc(5), fields 50 and 51). */
const ENV_START_WORD = 47;
const ENV_END_WORD = 48;

/**
 * Forgets the environment but for some variables: also in the memory that the kernel shows as /proc/<pid>/environ. A server's
 * environment has secrets that are no model's business.
 * @param isKept by the variable's name
 */
export function scrubEnvironment(isKept: (name: string) => boolean): void {
  const dropped = Object.keys(process.env).filter((name) => !isKept(name));
  for (const name of dropped) delete process.env[name];
  const stat = readFileSync("/proc/self/stat", "latin1");
  const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const start = BigInt(words[ENV_START_WORD]!);
  const length = Number(BigInt(words[ENV_END_WORD]!) - start);
  if (length === 0) return;
  const block = Buffer.from(koffi.view(start, length));
  let from = 0;
  while (from < length) {
    const end = block.indexOf(0, from);
    const to = end < 0 ? length : end;
    const name = block.toString("latin1", from, to).split("=", 1)[0]!;
    if (!isKept(name)) block.fill(0, from, to);
    from = to + 1;
  }
}
