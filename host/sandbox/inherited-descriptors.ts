import { closeSync, fstatSync, readdirSync, type Stats } from "node:fs";

/** Standard input, output and error. */
const STANDARD = 2;

/**
 * Closes what the server has left open for its children: its listening sockets and its clients' connections (seen with
 * 23.12 and 24.10), log files, devices. Node's own descriptors are pipes and anonymous inodes only, as long as this process
 * has opened nothing and started no thread: call it before.
 */
export function closeInheritedDescriptors(): void {
  for (const entry of readdirSync("/proc/self/fd")) {
    const fd = Number(entry);
    if (fd > STANDARD && isForeign(fd)) closeSync(fd);
  }
}

function isForeign(fd: number): boolean {
  let stats: Stats;
  try {
    stats = fstatSync(fd);
  } catch {
    // The one with which the list was read.
    return false;
  }
  return (
    stats.isSocket() ||
    stats.isFile() ||
    stats.isDirectory() ||
    stats.isCharacterDevice() ||
    stats.isBlockDevice()
  );
}
