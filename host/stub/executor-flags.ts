import { EXECUTOR_HEAP_MAX_MIB } from "../limits.js";

/** Flags with which the guard starts Node. V8 takes its code caches only with the flags that they were made with. */
export const EXECUTOR_FLAGS: readonly string[] = [`--max-old-space-size=${EXECUTOR_HEAP_MAX_MIB}`];
