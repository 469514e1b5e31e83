import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { messageOf, StubError } from "../errors.js";
import { MODULE_MAX_BYTES } from "../limits.js";
import type { OpenedFile } from "../opened-file.js";

/** A model's file, opened or with the reason why it could not be opened. */
export type ModelFile = OpenedFile;

/** Opens a model's file. Follows links, including links that leave the model's folder. */
export function openModelFile(path: string): ModelFile {
  try {
    // Without O_NONBLOCK, opening a pipe without a writer would block the load.
    return { path, fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) };
  } catch (error) {
    return { path, problem: reasonOf(error) };
  }
}

/** Closes what {@link openModelFile} has opened. */
export function closeModelFile(file: ModelFile): void {
  if ("fd" in file) closeSync(file.fd);
}

/**
 * Reads a model's module. Size and bytes come from one open file, so a file that grows meanwhile has no effect.
 * @param maxBytes the model's limit
 * @throws StubError ERR_MODEL_MISSING, ERR_MODEL_INVALID
 */
export function readModelFile(file: ModelFile, maxBytes: number): Uint8Array<ArrayBuffer> {
  const { path } = file;
  if ("problem" in file) throw unreadable(path, file.problem);
  try {
    return readWhole(path, file.fd, maxBytes);
  } catch (error) {
    // A read error of the disk or the network, or a failed allocation of so many bytes.
    throw error instanceof StubError ? error : unreadable(path, reasonOf(error), error);
  }
}

function readWhole(path: string, fd: number, maxBytes: number): Uint8Array<ArrayBuffer> {
  const status = fstatSync(fd);
  if (!status.isFile()) throw unreadable(path, "it is not a regular file");
  if (status.size > maxBytes) {
    throw new StubError(
      "ERR_MODEL_INVALID",
      `model file '${path}' has ${status.size} bytes, above the limit of ${maxBytes} (${MODULE_MAX_BYTES.parameter})`,
      { file: path, size: status.size, limit: maxBytes },
    );
  }
  const bytes = new Uint8Array(status.size);
  let read = 0;
  while (read < bytes.length) {
    const count = readSync(fd, bytes, read, bytes.length - read, read);
    if (count === 0) throw unreadable(path, `it ends at byte ${read} of ${bytes.length}`);
    read += count;
  }
  return bytes;
}

/** The error's name in the system, such as ENOENT, or its message. */
function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? messageOf(error);
}

function unreadable(file: string, reason: string, cause?: unknown): StubError {
  return new StubError(
    "ERR_MODEL_MISSING",
    `model file '${file}' cannot be read (${reason}): put the compiled WebAssembly module there, ` +
      "or set default_model_filename to its name",
    { file, reason },
    cause,
  );
}
