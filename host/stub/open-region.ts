import { openSync, readdirSync, readlinkSync } from "node:fs";
import { messageOf, StubError } from "../errors.js";
import { openSharedMemory, sharedMemorySize } from "../libc/shm.js";
import { REGION_MAX_BYTES } from "../limits.js";
import { regionTooLarge } from "../shm/region.js";
import type { StubArguments } from "./arguments.js";

/** A region's descriptor, and why it cannot serve, if so. */
export interface OpenedRegion {
  readonly fd: number;
  readonly refusal: string | undefined;
}

/**
 * Opens the server's region. One that has no name in our file system is reached through the server's own descriptor,
 * only to tell the server that the load has failed: up to 25.07 it waits for that message without limit.
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
  const bytes = sharedMemorySize(fd);
  const refusal = bytes > REGION_MAX_BYTES ? regionTooLarge(bytes).message : undefined;
  return { fd, refusal };
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
