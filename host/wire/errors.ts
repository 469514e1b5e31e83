import { StubError } from "../errors.js";

/** @param what begins the sentence, for instance "a tensor's data" */
export function outsideRegion(
  what: string,
  at: number,
  length: number,
  mappedBytes: number,
): StubError {
  return new StubError(
    "ERR_REGION_BOUNDS",
    `${what} lies outside of the shared-memory region, so the message is corrupt`,
    { what, at, length, limit: mappedBytes },
  );
}

/** @param what begins the sentence, for instance "a request" */
export function invalidHandle(what: string, handle: number): StubError {
  return new StubError(
    "ERR_MESSAGE_INVALID",
    `${what} has an invalid handle in shared memory: ${handle}`,
    { what, handle },
  );
}

/**
 * JavaScript does not hold larger whole numbers exactly.
 * @param at offset of the number in the region
 */
export function sizeTooLarge(at: number): StubError {
  return new StubError("ERR_MESSAGE_INVALID", "a size in shared memory is 2^53 or larger", { at });
}

export function duplicateKey(key: string): StubError {
  return new StubError("ERR_MESSAGE_INVALID", `a map in shared memory has the key '${key}' twice`, {
    key,
  });
}

export function unknownCorrelationIdType(type: number): StubError {
  return new StubError(
    "ERR_MESSAGE_INVALID",
    `a correlation id in shared memory has the unknown type ${type}`,
    { type },
  );
}

/** @param what "datatype" or "rank" */
export function invalidTensor(what: string, value: number): StubError {
  return new StubError(
    "ERR_MESSAGE_INVALID",
    `a tensor in shared memory has an invalid ${what}: ${value}`,
    { what, value },
  );
}

export function inputOnGpu(name: string, memoryType: number): StubError {
  return new StubError(
    "ERR_MESSAGE_INVALID",
    `input '${name}' is in GPU memory, which this backend does not read: ` +
      "leave the model parameter FORCE_CPU_ONLY_INPUT_TENSORS at its default",
    { memoryType },
  );
}

/** @param supported all supported releases, oldest first */
export function unsupportedRelease(release: string, supported: readonly string[]): StubError {
  return new StubError(
    "ERR_RELEASE_UNSUPPORTED",
    `Triton release ${release} is not supported: this WebAssembly backend supports ${supported[0]} to ${supported.at(-1)}`,
    { release, supported },
  );
}
