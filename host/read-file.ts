import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/**
 * Reads the beginning of a file, whatever it is: a pipe without a writer or a device makes nobody wait.
 * @returns undefined when it is not a regular file
 * @throws the system's error
 */
export function readBeginning(file: string, maxBytes: number): Buffer | undefined {
  const fd = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!fstatSync(fd).isFile()) return undefined;
    const bytes = Buffer.alloc(maxBytes);
    let read = 0;
    for (let count = -1; count !== 0 && read < maxBytes; read += count) {
      count = readSync(fd, bytes, read, maxBytes - read, read);
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(fd);
  }
}
