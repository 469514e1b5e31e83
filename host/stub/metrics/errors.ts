import { StubError } from "../../errors.js";
import { errnoName } from "../../libc/library.js";

/**
 * @param name printable
 * @param reason why the metric does not exist; the model goes on without it
 */
export function refusedMetric(name: string, reason: string): StubError {
  return new StubError("ERR_METRIC_REFUSED", `metric '${name}' was refused: ${reason}`, { name });
}

export function metricsFileOfAnotherUser(file: string, uid: number): StubError {
  return new StubError(
    "ERR_ENVIRONMENT",
    `the shared metrics file ${file} belongs to user ${uid}: remove it`,
    { file, uid },
  );
}

/** @param reason of the system */
export function metricsFileNotOpened(file: string, reason: string, cause: unknown): StubError {
  return new StubError(
    "ERR_ENVIRONMENT",
    `the shared metrics file ${file} cannot be opened (${reason}): remove it, or make its folder writable for the server's user`,
    { file },
    cause,
  );
}

export function metricsFileCannotGrow(file: string, errno: number): StubError {
  const name = errnoName(errno);
  return new StubError(
    "ERR_ENVIRONMENT",
    `the shared metrics file ${file} cannot grow (${name}): enlarge /dev/shm`,
    { file, errno: name },
  );
}
