import { JsonKind, JsonValue, NO_INTEGER, parseInteger } from "../../sdk";
import { newLine } from "./line";
import { refuse } from "./refusal";

/** Returns the parameter of this name in the configuration; null when it is missing. */
export function findParameter(config: JsonValue, name: string): JsonValue | null {
  const parameters = config.get("parameters");
  return parameters == null ? null : parameters.get(name);
}

/** Returns the value of a parameter; null after a refusal. */
export function parameterText(parameter: JsonValue): JsonValue | null {
  const value = parameter.get("string_value");
  if (value != null && value.kind == JsonKind.String) return value;
  refuse(newLine("parameter '{}' has no string_value").text(parameter.key));
  return null;
}

/**
 * Reads a parameter that is a 32-bit whole number.
 * @param absent the result when the parameter is missing
 * @param least the smallest allowed number
 * @returns NO_INTEGER after a refusal
 */
export function integerParameter(config: JsonValue, name: string, absent: i64, least: i64): i64 {
  const parameter = findParameter(config, name);
  if (parameter == null) return absent;
  const value = parameterText(parameter);
  if (value == null) return NO_INTEGER;
  const number = parseInteger(value.text);
  if (number >= least && number <= i32.MAX_VALUE) return number;
  refuse(
    newLine("parameter '{}' must be a whole number from {} to {}, got '{}'")
      .text(parameter.key)
      .integer(least)
      .integer(i32.MAX_VALUE)
      .text(value.text),
  );
  return NO_INTEGER;
}
