import type { Mapping } from "../shared/mapping.js";
import { STOP } from "../shared/mapping-table.js";

/** How the executor before this one ended, and the sentence with the reason. */
export interface PredecessorEnd {
  readonly kind: "deadline" | "died";
  readonly reason: string;
}

/** @returns undefined in the first executor of an instance */
export function predecessorEnd(mapping: Mapping): PredecessorEnd | undefined {
  const kind = mapping.get("stop_kind");
  if (kind === STOP.none) return undefined;
  return {
    kind: kind === STOP.deadline ? "deadline" : "died",
    reason: mapping.getText("stop_text"),
  };
}
