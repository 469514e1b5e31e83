import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { messageOf, StubError } from "../errors.js";
import { MODULE_MAX_BYTES } from "../limits.js";

/**
 * Reads a model's module. Size and bytes come from one open file: a file that is exchanged or grows meanwhile changes nothing.
 * @throws StubError ERR_MODEL_MISSING, ERR_MODEL_INVALID
 */
export function readModelFile(file: string, maxBytes: number): Uint8Array<ArrayBuffer> {
  let fd: number;
  try {
    // A pipe without a writer would make the load wait.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(file, reasonOf(error), error);
  }
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) throw unreadable(file, "it is no regular file");
    if (status.size > maxBytes) {
      throw new StubError(
        "ERR_MODEL_INVALID",
        `model file '${file}' has ${status.size} bytes, above the ${maxBytes} of its ${MODULE_MAX_BYTES.parameter}`,
        { file, size: status.size, limit: maxBytes },
      );
    }
    const bytes = new Uint8Array(status.size);
    let read = 0;
    while (read < bytes.length) {
      const count = readSync(fd, bytes, read, bytes.length - read, read);
      if (count === 0) throw unreadable(file, `it ends at byte ${read} of ${bytes.length}`);
      read += count;
    }
    return bytes;
  } catch (error) {
    // What a disk or a network reports while it is read, or no memory for so many bytes.
    throw error instanceof StubError ? error : unreadable(file, reasonOf(error), error);
  } finally {
    closeSync(fd);
  }
}

/** The system's name of its error, where it has one. */
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
