import { messageOf, StubError } from "./errors.js";
import { OPERATOR_FILE_MAX_BYTES } from "./limits.js";
import { readBeginning } from "./read-file.js";

/**
 * Reads a file of the backend's folder in which the operator says something. One that cannot be read must not pass for one that is not
 * there: it may say that restrictions are required.
 * @returns undefined where there is none
 * @throws StubError ERR_ENVIRONMENT when it cannot be read, is not a regular file, or is larger than {@link OPERATOR_FILE_MAX_BYTES}
 */
export function readOperatorFile(file: string): string | undefined {
  let bytes: Buffer | undefined;
  try {
    bytes = readBeginning(file, OPERATOR_FILE_MAX_BYTES + 1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unreadable(file, messageOf(error), error);
  }
  if (bytes === undefined) throw unreadable(file, "it is not a regular file");
  if (bytes.length > OPERATOR_FILE_MAX_BYTES) {
    throw unreadable(file, `it has more than ${OPERATOR_FILE_MAX_BYTES} bytes`);
  }
  return bytes.toString();
}

function unreadable(file: string, reason: string, cause?: unknown): StubError {
  return new StubError(
    "ERR_ENVIRONMENT",
    `the operator's file ${file} cannot be read: ${reason}; correct or remove it`,
    { file, reason },
    cause,
  );
}
