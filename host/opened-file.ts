import { fstatSync, readSync } from "node:fs";

/**
 * A file that was opened earlier, or the reason why it could not be. What is read through it is the file that was there then,
 * whatever its name leads to later.
 */
export type OpenedFile =
  | { readonly path: string; readonly fd: number }
  | { readonly path: string; readonly problem: string };

/**
 * Reads all of an open file, from its beginning: processes may share its position.
 * @throws Error of the system, and when it has been cut off meanwhile
 */
export function readOpened(fd: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(fd).size);
  for (let read = 0; read < bytes.length; ) {
    const count = readSync(fd, bytes, read, bytes.length - read, read);
    if (count === 0) throw new Error(`it ends at byte ${read} of ${bytes.length}`);
    read += count;
  }
  return bytes;
}
