import { EXECUTOR_HEAP_MAX_MIB, GUEST_STACK_KIB } from "../limits.js";

/** Flags with which the guard starts Node. V8 accepts a code cache only under the flags of its creation. */
export const EXECUTOR_FLAGS: readonly string[] = [
  `--max-old-space-size=${EXECUTOR_HEAP_MAX_MIB}`,
  `--stack-size=${GUEST_STACK_KIB}`,
];
