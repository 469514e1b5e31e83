import { readdirSync, readFileSync } from "node:fs";
import { childrenOf } from "./harness.js";

/** Linux on x86-64 counts CPU time in hundredths of a second (USER_HZ). */
const TICK_US = 10_000;
const KIB = 1024;

/** Counters of a process since its start, over all its threads. CPU times are in microseconds, in steps of 10,000. */
export interface ProcessCounters {
  readonly userUs: number;
  readonly systemUs: number;
  /** Waits for a semaphore, a lock or a timer. */
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
  /** Pages that were mapped without a read from a disk. */
  readonly minorFaults: number;
}

/**
 * Sums the counters of a stub: of the process that the server has started, and of its children.
 * @throws Error when there is no such process
 */
export function stubCounters(pid: number): ProcessCounters {
  return sum(processesOf(pid).map(processCounters));
}

function processesOf(stub: number): number[] {
  return [stub, ...childrenOf(stub).map(({ pid }) => pid)];
}

/** Adds the numbers of each name. */
function sum<Numbers extends { readonly [name in keyof Numbers]: number }>(
  all: readonly Numbers[],
): Numbers {
  const names = Object.keys(all[0]!) as (keyof Numbers)[];
  const total = (name: keyof Numbers) => all.reduce((value, numbers) => value + numbers[name], 0);
  return Object.fromEntries(names.map((name) => [name, total(name)])) as unknown as Numbers;
}

function processCounters(pid: number): ProcessCounters {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The fields behind the name in parentheses begin with "state", which is field 3 in proc(5).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => Number(fields[number - 3]);
  let voluntarySwitches = 0;
  let involuntarySwitches = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const status = readStatus(`/proc/${pid}/task/${thread}/status`);
    voluntarySwitches += status("voluntary_ctxt_switches");
    involuntarySwitches += status("nonvoluntary_ctxt_switches");
  }
  return {
    userUs: field(14) * TICK_US,
    systemUs: field(15) * TICK_US,
    voluntarySwitches,
    involuntarySwitches,
    minorFaults: field(10),
  };
}

/** The difference of two readings. */
export function usedBetween(before: ProcessCounters, after: ProcessCounters): ProcessCounters {
  return {
    userUs: after.userUs - before.userUs,
    systemUs: after.systemUs - before.systemUs,
    voluntarySwitches: after.voluntarySwitches - before.voluntarySwitches,
    involuntarySwitches: after.involuntarySwitches - before.involuntarySwitches,
    minorFaults: after.minorFaults - before.minorFaults,
  };
}

/** The cost of one of `count` requests. */
export function perRequest(used: ProcessCounters, count: number): ProcessCounters {
  return {
    userUs: used.userUs / count,
    systemUs: used.systemUs / count,
    voluntarySwitches: used.voluntarySwitches / count,
    involuntarySwitches: used.involuntarySwitches / count,
    minorFaults: used.minorFaults / count,
  };
}

/** Resident memory in bytes. `rss` is `anonymous` + `file` + `shared`. */
export interface ProcessMemory {
  readonly rss: number;
  /** Resident pages, each divided by the number of processes that map it. */
  readonly pss: number;
  /** Private memory: heap and stacks. */
  readonly anonymous: number;
  /** Programs and libraries. */
  readonly file: number;
  /** Shared-memory objects: the region, which has the tensors. */
  readonly shared: number;
}

/** Sums the memory of a stub's processes. */
export function stubMemory(pid: number): ProcessMemory {
  return sum(processesOf(pid).map(processMemory));
}

function processMemory(pid: number): ProcessMemory {
  const status = readStatus(`/proc/${pid}/status`);
  const rollup = readStatus(`/proc/${pid}/smaps_rollup`);
  return {
    rss: status("VmRSS") * KIB,
    pss: rollup("Pss") * KIB,
    anonymous: status("RssAnon") * KIB,
    file: status("RssFile") * KIB,
    shared: status("RssShmem") * KIB,
  };
}

/** Returns a function that reads the number behind `name:` in the file. */
function readStatus(file: string): (name: string) => number {
  const text = readFileSync(file, "latin1");
  return (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1]);
}
