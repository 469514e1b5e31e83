import {
  CALL_SLOTS,
  EXECUTE_DEADLINE_MS,
  EXECUTOR_START_FAILURES_MAX,
  FILES_DEPTH_MAX,
  FILES_ENTRIES_MAX,
  FILES_MAX,
  FILES_NAME_MAX_BYTES,
  FINALIZE_DEADLINE_MS,
  HEALTH_PERIOD_MS,
  INITIALIZE_DEADLINE_MS,
  LEDGER_BLOCKS,
  REGION_MAX_BYTES,
  SPARE_LEAD_MS,
  UNDO_ENTRIES,
} from "../../dist/js/host/limits.js";
import { EXECUTOR_FLAGS } from "../../dist/js/host/stub/executor-flags.js";
import { define, header } from "./header.mjs";

const NUMBERS = {
  CALL_SLOTS,
  REGION_MAX_BYTES,
  HEALTH_PERIOD_MS,
  EXECUTOR_START_FAILURES_MAX,
  FINALIZE_DEADLINE_MS,
  SPARE_LEAD_MS,
  LEDGER_BLOCKS,
  UNDO_ENTRIES,
  FILES_MAX,
  FILES_ENTRIES_MAX,
  FILES_DEPTH_MAX,
  FILES_NAME_MAX_BYTES,
};

export function limitsHeader() {
  return header("limits", "host/limits.ts and host/stub/executor-flags.ts", [
    "// The reason of each number is in host/limits.ts.",
    ...Object.entries(NUMBERS).map(([name, value]) => define(name, value)),
    define("EXECUTE_DEADLINE_PARAMETER", JSON.stringify(EXECUTE_DEADLINE_MS.parameter)),
    define("INITIALIZE_DEADLINE_PARAMETER", JSON.stringify(INITIALIZE_DEADLINE_MS.parameter)),
    "",
    "// Flags between the program node and its script.",
    define("EXECUTOR_FLAGS", EXECUTOR_FLAGS.map((flag) => JSON.stringify(flag)).join(", ")),
  ]);
}
