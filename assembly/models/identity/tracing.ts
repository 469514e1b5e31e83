import { JsonValue, LogLevel, logLine } from "../../sdk";
import { newLine } from "./line";
import { findParameter, parameterText } from "./parameters";
import { aboutModel } from "./refusal";

/**
 * Warns about enable_custom_tracing: a guest cannot access the trace of a request.
 * @param first whether this is the first instance; only that one logs the warning
 * @returns false after a refusal
 */
export function warnOfTracing(config: JsonValue, first: bool): bool {
  const parameter = findParameter(config, "enable_custom_tracing");
  if (parameter == null) return true;
  const value = parameterText(parameter);
  if (value == null) return false;
  if (!first || !value.text.is("true")) return true;
  logLine(
    LogLevel.Warning,
    aboutModel(
      newLine(
        "enable_custom_tracing has no effect: Python-based backends cannot add activities to a trace",
      ),
    ),
  );
  return true;
}
