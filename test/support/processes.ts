import { readdirSync, readFileSync } from "node:fs";

/** A process as /proc shows it. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** The letter of /proc/<pid>/stat: R, S, D, T (stopped), Z (zombie), … */
  readonly state: string;
  /** Empty for a zombie. */
  readonly commandLine: readonly string[];
}

/** One process, or undefined when there is none (any more). */
export function processInfo(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold blanks and parentheses itself.
    const [state = "", parent = ""] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
    return { pid, parent: Number(parent), state, commandLine: words };
  } catch {
    return undefined;
  }
}

/** All processes of this machine for which the test holds. */
export function findProcesses(test: (process: ProcessInfo) => boolean): ProcessInfo[] {
  const found: ProcessInfo[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const info = processInfo(Number(name));
    if (info !== undefined && test(info)) found.push(info);
  }
  return found;
}

/** Processes that `pid` has started; an instance's guard has one executor, and at times a spare. */
export function childrenOf(pid: number): ProcessInfo[] {
  return findProcesses(({ parent, state }) => parent === pid && state !== "Z");
}

/** Kills a process at once. @returns false if it has just ended */
export function killProcess(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

/** True while the process runs; a zombie does not. */
export function isRunning(pid: number): boolean {
  const info = processInfo(pid);
  return info !== undefined && info.state !== "Z" && info.state !== "X";
}

/** Number of open file descriptors. */
export function fdCount(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Number of threads. */
export function threadCount(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).length;
}

/** Resident memory in bytes; `shared` is the part that maps shared-memory objects. */
export function residentBytes(pid: number): { total: number; shared: number } {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const kib = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
  return { total: kib("VmRSS") * 1024, shared: kib("RssShmem") * 1024 };
}
