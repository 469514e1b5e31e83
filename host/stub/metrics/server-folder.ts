import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { tryLockFile } from "../../libc/flock.js";

/** A folder that the stubs of one server share, and nobody else (native/guard/server_folder.h). */
export interface ServerFolder {
  readonly path: string;
  /** Name of this stub in it; none has had it before. */
  readonly self: string;
}

/**
 * Whether a stub lives: its guard holds the lock of its file.
 * @param name as {@link ServerFolder.self}
 */
export function isStubAlive(folder: string, name: string): boolean {
  let fd: number;
  try {
    fd = openSync(join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return false;
  }
  try {
    return !tryLockFile(fd);
  } finally {
    closeSync(fd);
  }
}
