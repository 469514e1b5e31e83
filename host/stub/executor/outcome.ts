import type { OUTCOME } from "../shared/mapping-table.js";

/** Why an executor ends by itself. The guard reads it in the mapping. */
export type Outcome = Exclude<keyof typeof OUTCOME, "none">;
