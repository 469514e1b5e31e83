import { StubError } from "../errors.js";
import { errnoName } from "../libc/library.js";
import { LEDGER_BLOCKS, REGION_MAX_BYTES } from "../limits.js";

/** NVIDIA's stub uses these words for a region that cannot grow, so operators search for them. */
export const CANNOT_GROW = "Failed to increase the shared memory pool size";

/** A limit of the process leaves no room for the memory of the core. */
export function noAddressSpace(cause: unknown): StubError {
  return new StubError(
    "ERR_ENVIRONMENT",
    "the server's memory limits do not leave 4 GiB of address space for the shared-memory region: raise them (ulimit -v, ulimit -d)",
    {},
    cause,
  );
}

/**
 * 32-bit offsets do not reach the end of the region.
 * @param before begins the sentence
 */
export function regionTooLarge(bytes: number, before = ""): StubError {
  return new StubError(
    "ERR_REGION_SIZE",
    `${before}a shared-memory region of ${bytes} bytes does not fit 32-bit WebAssembly (limit ${REGION_MAX_BYTES} bytes): ` +
      "lower --backend-config=python,shm-default-byte-size or shm-growth-byte-size, or send smaller tensors",
    { bytes, limit: REGION_MAX_BYTES },
  );
}

/** The size that the region declares is larger than its shared-memory object. */
export function regionTruncated(declared: number, actual: number): StubError {
  return new StubError(
    "ERR_REGION_BOUNDS",
    `the shared-memory region declares ${declared} bytes, but its object has only ${actual}; reload the model`,
    { declared, actual },
  );
}

/** The kernel gave no pages for a larger region. Sizes in bytes. */
export function cannotGrow(from: number, to: number, errno: number): StubError {
  const name = errnoName(errno);
  return new StubError(
    "ERR_REGION_FULL",
    `${CANNOT_GROW}: the region cannot grow from ${from} to ${to} bytes (${name}); ` +
      "enlarge /dev/shm (docker run --shm-size, or an emptyDir of medium Memory) or send smaller tensors",
    { from, to, errno: name },
  );
}

/** Whether an error says that the region has no room, and cannot grow. */
export function isRegionFull(error: unknown): boolean {
  if (!(error instanceof StubError)) return false;
  return error.code === "ERR_REGION_FULL" || error.code === "ERR_REGION_SIZE";
}

/** The heap found no room for a block, although the region has just grown. */
export function noRoomFor(bytes: number): StubError {
  return new StubError(
    "ERR_REGION_FULL",
    `the shared-memory region has no room for a block of ${bytes} bytes: send smaller tensors, or reload the model`,
    { bytes },
  );
}

export function ledgerFull(): StubError {
  return new StubError(
    "ERR_REGION_FULL",
    `one batch needs more than ${LEDGER_BLOCKS} blocks of shared memory: lower the number of outputs or of requests per batch`,
    { limit: LEDGER_BLOCKS },
  );
}

export function freedTwice(handle: number): StubError {
  return new StubError(
    "ERR_HEAP_CORRUPT",
    "a block of the shared-memory region was freed twice; reload the model",
    { handle },
  );
}

/** Reasons that the core gives to `host.fail` (assembly/core/failure.ts). */
const CORE_FAILURES: Readonly<
  Record<number, readonly ["ERR_REGION_BOUNDS" | "ERR_HEAP_CORRUPT", string]>
> = {
  1: [
    "ERR_REGION_BOUNDS",
    "an access beyond the end of the shared-memory region was refused; reload the model",
  ],
  2: ["ERR_HEAP_CORRUPT", "the heap of the shared-memory region is corrupt; reload the model"],
  3: [
    "ERR_HEAP_CORRUPT",
    "the heap of the shared-memory region got an invalid argument; reload the model",
  ],
};

/**
 * @param reason a number of `Failure` in assembly/core/failure.ts
 * @param offset the position in the region that the core refused
 */
export function coreFailure(reason: number, offset: number): StubError {
  const [code, sentence] = CORE_FAILURES[reason] ?? CORE_FAILURES[2]!;
  return new StubError(code, sentence, { reason, offset });
}

/** @param what the part of the queue that has an impossible value */
export function queueCorrupt(queue: string, what: string, value: number): StubError {
  return new StubError(
    "ERR_QUEUE_CORRUPT",
    `the ${queue} in the shared-memory region has an invalid ${what}, ${value}: the region is corrupt, or this server is not supported`,
    { queue, what, value },
  );
}

/**
 * An object that the server makes in each region is not at the offset of all known releases.
 * @param found 0 when it is missing
 */
export function namedObjectMisplaced(name: string, found: number, expected: number): StubError {
  return new StubError(
    "ERR_MESSAGE_INVALID",
    `the shared-memory region has its object '${name}' at ${found || "no place"}, but every known Triton release has it at ${expected}: ` +
      "this server is not supported",
    { name, found, expected },
  );
}
