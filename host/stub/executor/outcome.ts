import type { OUTCOME } from "../shared/mapping-table.js";

/** Why an executor ends by itself, for the guard. */
export type Outcome = Exclude<keyof typeof OUTCOME, "none">;
