import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { messageOf, StubError } from "../errors.js";
import { openSharedMemory, sharedMemorySize, unlinkSharedMemory } from "../libc/shm.js";
import { REGION_MAX_BYTES } from "../limits.js";
import { regionTooLarge } from "../shm/region.js";
import type { StubArguments } from "./arguments.js";
import { SHARED_MEMORY_FOLDER } from "./server-folder.js";

/** A line of /proc/<pid>/maps: four words, the inode, and the path of an object in shared memory, which may have lost its name. */
const MAPPED_REGION = /^(?:\S+ ){4}(\d+) +\/dev\/shm\/(.*?)(?: \(deleted\))?$/;

/** A region's descriptor, and why it cannot serve, if so. */
export interface OpenedRegion {
  readonly fd: number;
  readonly refusal: string | undefined;
}

/**
 * Opens the server's region. One that has no name in our file system, or whose name another server has taken, is reached through the
 * server's own descriptor, only to tell the server that the load has failed: up to 25.07 it waits for that message without limit.
 * @throws StubError ERR_REGION_OPEN when there is no way to the region at all
 */
export function openRegion(args: StubArguments): OpenedRegion {
  let fd: number;
  try {
    fd = openSharedMemory(args.regionName);
  } catch (error) {
    const refusal = `the server's shared-memory region cannot be opened (${messageOf(error)}): give server and stub the same /dev/shm`;
    return { fd: openServersDescriptor(args, refusal), refusal };
  }
  if (isAnothers(args, fd)) {
    closeSync(fd);
    const refusal =
      `another server has taken the name of this server's shared-memory region, ${args.regionName}: give each server on this machine ` +
      "(or in these containers, which share /dev/shm) a --backend-config=python,shm-region-prefix-name of its own";
    return { fd: openServersDescriptor(args, refusal), refusal };
  }
  const bytes = sharedMemorySize(fd);
  const refusal = bytes > REGION_MAX_BYTES ? regionTooLarge(bytes).message : undefined;
  return { fd, refusal };
}

/**
 * Takes the region's name away: a server that was killed cannot. A name that another server has taken meanwhile stays.
 * @param fd of the region
 */
export function removeRegion(name: string, fd: number): void {
  try {
    if (statSync(join(SHARED_MEMORY_FOLDER, name)).ino !== fstatSync(fd).ino) return;
  } catch {
    // The server has removed it.
    return;
  }
  unlinkSharedMemory(name);
}

/**
 * Whether the server has mapped another object under this name. Up to 24.03 names are a prefix and a counter, and a server takes a name
 * without asking who has it: with one prefix two servers take each other's regions.
 */
function isAnothers({ pid, regionName }: StubArguments, fd: number): boolean {
  let maps: string;
  try {
    maps = readFileSync(`/proc/${pid}/maps`, "utf8");
  } catch {
    return false;
  }
  const inodes = maps.split("\n").flatMap((line) => {
    const [, inode, name] = MAPPED_REGION.exec(line) ?? [];
    return name === regionName ? [inode] : [];
  });
  return inodes.length > 0 && !inodes.includes(String(fstatSync(fd).ino));
}

function openServersDescriptor({ pid, regionName }: StubArguments, refusal: string): number {
  const folder = `/proc/${pid}/fd`;
  try {
    for (const entry of readdirSync(folder)) {
      const file = `${folder}/${entry}`;
      if (linkTarget(file).replace(/ \(deleted\)$/, "") === `/dev/shm/${regionName}`) {
        return openSync(file, "r+");
      }
    }
  } catch (error) {
    throw new StubError("ERR_REGION_OPEN", refusal, { regionName }, error);
  }
  throw new StubError("ERR_REGION_OPEN", refusal, { regionName });
}

/** Descriptors come and go while the list is read. */
function linkTarget(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
