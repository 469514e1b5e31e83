import { lastErrno, libc, systemCallError } from "./library.js";

/** Numbers of Linux. */
export const RLIMIT = { core: 4, openFiles: 7 } as const;

const getrlimit = libc.func("int getrlimit(int resource, _Out_ uint64_t *limits)");
const setrlimit = libc.func("int setrlimit(int resource, uint64_t *limits)");

/** Lowers a limit of the process for good; one that is lower already stays. */
export function lowerLimit(resource: number, value: number): void {
  const limits = new BigUint64Array(2);
  if (getrlimit(resource, limits) !== 0) fail("getrlimit", resource);
  const wanted = BigInt(value);
  const lowered = limits.map((limit) => (limit < wanted ? limit : wanted));
  if (setrlimit(resource, lowered) !== 0) fail("setrlimit", resource);
}

function fail(call: string, resource: number): never {
  throw systemCallError(call, lastErrno(), `resource ${resource}`);
}
