import { StubError } from "../errors.js";
import type { ModelLimit } from "../limits.js";
import { readOperatorFile } from "../operator-file.js";
import { LIMIT_NAMES, MODEL_LIMITS, type ModelLimits } from "./model-limits.js";
import { nearestName } from "./nearest-name.js";
import { wholeNumberWithin } from "./whole-number.js";

/** Name of the file in the backend's folder that sets ceilings. Each line is `name = value` or `name value`. */
export const LIMITS_FILE = "limits";

/** The highest value that a model may set for each limit. */
export type Ceilings = ModelLimits;

/** The ceilings that apply if the operator sets none. */
export const DEFAULT_CEILINGS: Ceilings = eachLimit(({ ceiling }) => ceiling);

/** Variables with this prefix belong to this backend. A misspelt one is refused: the operator would believe that it limits something. */
const OURS = "wasm_";
const LINE = /^([^\s=]+)(?:\s*=\s*|\s+)(.*)$/;

/** @returns the variables of an environment that set a ceiling, or seem intended to */
export function ceilingVariables(
  environment: Readonly<Record<string, string | undefined>>,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    const ours = name.startsWith(OURS) || LIMIT_NAMES.includes(name.toLowerCase());
    if (ours && value) found.set(name, value);
  }
  return found;
}

/**
 * Reads the operator's ceilings: a variable overrides the file, and the file overrides {@link DEFAULT_CEILINGS}.
 * @param variables from {@link ceilingVariables}
 * @param file path of a file that need not exist; undefined for no file
 * @throws StubError ERR_ENVIRONMENT, which names the variable or the file and line, the limit and its range
 */
export function readCeilings(variables: ReadonlyMap<string, string>, file?: string): Ceilings {
  const set = file === undefined ? new Map<string, number>() : readLimitsFile(file);
  for (const [name, value] of variables) {
    set.set(name, ceiling(name, value, `environment variable ${name}`));
  }
  return eachLimit(({ parameter, ceiling }) => set.get(parameter) ?? ceiling);
}

function readLimitsFile(file: string): Map<string, number> {
  const set = new Map<string, number>();
  for (const [index, line] of (readOperatorFile(file) ?? "").split("\n").entries()) {
    const entry = line.replace(/#.*/, "").trim();
    if (entry === "") continue;
    const place = `${file}, line ${index + 1}`;
    const [, name, value] = LINE.exec(entry) ?? [];
    if (name === undefined || value === undefined) {
      throw refused(place, `'${entry}' is not a name and a value`, entry);
    }
    if (set.has(name)) throw refused(place, `${name} is set twice`, name);
    set.set(name, ceiling(name, value, place));
  }
  return set;
}

function ceiling(name: string, text: string, place: string): number {
  const limit = Object.values(MODEL_LIMITS).find(({ parameter }) => parameter === name);
  if (limit === undefined) {
    const known = `did you mean ${nearestName(name, LIMIT_NAMES)}? The limits are ${LIMIT_NAMES.join(", ")}`;
    throw refused(place, `unknown limit '${name}', ${known}`, name);
  }
  const value = wholeNumberWithin(text, limit);
  if (value !== undefined) return value;
  const range = `from ${limit.min} to ${limit.max}`;
  throw refused(place, `${name} is '${text}': it must be a whole number ${range}`, name);
}

function refused(place: string, reason: string, name: string): StubError {
  return new StubError("ERR_ENVIRONMENT", `the operator's limits, ${place}: ${reason}`, {
    place,
    name,
  });
}

function eachLimit(valueFor: (limit: ModelLimit) => number): Ceilings {
  return Object.fromEntries(
    Object.entries(MODEL_LIMITS).map(([key, limit]) => [key, valueFor(limit)]),
  ) as Ceilings;
}
