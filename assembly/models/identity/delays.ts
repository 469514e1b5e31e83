import { abi, JsonValue, LogLevel, logLine, NO_INTEGER } from "../../sdk";
import { newLine } from "./line";
import { findParameter, integerParameter, parameterText } from "./parameters";
import { refuse } from "./refusal";

const MS_PER_SECOND: i64 = 1000;
/** Longest sleep of one host call. */
const SLEEP_MAX_MS: i64 = u32.MAX_VALUE;

const EXECUTE_DELAY = "execute_delay_ms";
const CREATION_DELAY = "creation_delay_sec";

/**
 * Reads how many milliseconds each batch of this instance sleeps. One host call must be enough for it.
 * @returns NO_INTEGER after a refusal
 */
export function readExecuteDelay(config: JsonValue, ordinal: i32): i64 {
  if (findParameter(config, EXECUTE_DELAY) == null) return 0;
  const delay = integerParameter(config, EXECUTE_DELAY, 0, 0);
  if (delay == NO_INTEGER) return NO_INTEGER;
  const multiplier = integerParameter(config, "instance_wise_delay_multiplier", 0, i32.MIN_VALUE);
  if (multiplier == NO_INTEGER) return NO_INTEGER;
  const factor = max<i64>(multiplier * ordinal, 1);
  if (delay == 0 || factor <= SLEEP_MAX_MS / delay) return delay * factor;
  refuse(
    newLine("parameter 'execute_delay_ms' is too long: instance {} would sleep {} times {} ms")
      .integer(ordinal)
      .integer(factor)
      .integer(delay),
  );
  return NO_INTEGER;
}

/**
 * Delays the load of this version.
 * @param first whether this is the first instance; only that one waits
 * @returns false after a refusal
 */
export function awaitCreation(config: JsonValue, first: bool): bool {
  const parameter = findParameter(config, CREATION_DELAY);
  if (parameter == null) return true;
  const seconds = integerParameter(config, CREATION_DELAY, 0, 0);
  if (seconds == NO_INTEGER) return false;
  if (!first) return true;
  // Exactly the text of NVIDIA's backend.
  logLine(
    LogLevel.Info,
    newLine("Creation delay is set to: {}").text(parameterText(parameter)!.text),
  );
  let rest = seconds * MS_PER_SECOND;
  while (rest > 0) {
    const part = min(rest, SLEEP_MAX_MS);
    abi.sleep(<u32>part);
    rest -= part;
  }
  return true;
}
