import { readFileSync } from "node:fs";

/** Position of `starttime` behind the name in /proc/<pid>/stat (proc(5), field 22). */
const START_TIME_WORD = 19;

/** A process that no other is taken for, although pids come again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in clock ticks after the machine did. */
  readonly startTime: string;
}

/** Who has this pid now; undefined when nobody does, or only a zombie. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The name in parentheses may hold blanks and parentheses itself.
  const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = words;
  if (state === "Z" || state === "X") return undefined;
  return { pid, startTime: words[START_TIME_WORD] ?? "" };
}

/** Whether that very process still runs. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return processIdentity(pid)?.startTime === startTime;
}
