import type { Check } from "./check.js";
import { FAILURE_CHECKS } from "./failure-checks.js";
import { LIFE_CHECKS } from "./life-checks.js";
import { TENSOR_CHECKS } from "./tensor-checks.js";

/** What is checked in a running server, one after the other. */
export const CHECKS: readonly Check[] = [...TENSOR_CHECKS, ...FAILURE_CHECKS, ...LIFE_CHECKS];

/** The two checks that end a server. */
export const STOPPED = "the server stopped by SIGTERM";
export const KILLED = "the server killed by SIGKILL";

/** All rows of the table in docs/compatibility.md. */
export const CHECK_NAMES: readonly string[] = [...CHECKS.map(({ name }) => name), STOPPED, KILLED];
