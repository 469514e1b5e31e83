import { closeSync, openSync, readdirSync, readlinkSync, readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessInfo } from "../processes.js";
import { HANG_MS } from "../wait.js";
import type { TritonServer } from "./server.js";

/** Position of the allocated bytes in the header of a region's heap. */
const ALLOCATED_AT = 0x28;
/** Place of the instance's name among the arguments of a stub. */
const INSTANCE_ARGUMENT = 8;
/** The server drops some blocks later. */
export const SETTLED_MS = 1_000;

/** Bytes that the heap of each instance counts as allocated, by the name of the instance. */
export type Heaps = ReadonlyMap<string, number>;

/** Bytes that the heap of a region counts as allocated. @param file of the region */
export function allocatedBytes(file: string): number {
  const bytes = Buffer.alloc(8);
  const descriptor = openSync(file, "r");
  readSync(descriptor, bytes, 0, bytes.length, ALLOCATED_AT);
  closeSync(descriptor);
  return Number(bytes.readBigUInt64LE());
}

/** The name of the instance that a stub serves. */
export function instanceOf({ commandLine }: ProcessInfo): string {
  return commandLine[INSTANCE_ARGUMENT] ?? "";
}

/**
 * A file that a process has open.
 * @param name part of its name; the file itself may be removed
 * @returns a path of it; undefined if the process has ended, or does not have such a file
 */
export function openFile(pid: number, name: string): string | undefined {
  try {
    const folder = `/proc/${pid}/fd`;
    const descriptors = readdirSync(folder);
    const found = descriptors.find((fd) => readlinkSync(`${folder}/${fd}`).includes(name));
    return found === undefined ? undefined : `${folder}/${found}`;
  } catch {
    return undefined;
  }
}

/** The heaps of all instances. @param isWatched by the name of an instance */
export function heapsOf(server: TritonServer, isWatched: (instance: string) => boolean): Heaps {
  const heaps = new Map<string, number>();
  for (const stub of server.stubs()) {
    const instance = instanceOf(stub);
    // Up to 24.03, another stub's region may have the same name.
    const region = openFile(stub.pid, server.regionPrefix);
    if (isWatched(instance) && region !== undefined) heaps.set(instance, allocatedBytes(region));
  }
  return heaps;
}

/** As {@link heapsOf}, when no number has changed for a second. */
export async function settledHeaps(
  server: TritonServer,
  isWatched: (instance: string) => boolean,
): Promise<Heaps> {
  const end = performance.now() + HANG_MS;
  for (let last = heapsOf(server, isWatched); ; ) {
    await sleep(SETTLED_MS);
    const now = heapsOf(server, isWatched);
    const isSettled = [...now].every(([instance, bytes]) => last.get(instance) === bytes);
    if (isSettled || performance.now() > end) return now;
    last = now;
  }
}
