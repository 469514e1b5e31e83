import { StubError } from "../errors.js";
import type { ModelLimit } from "../limits.js";
import { readOperatorFile } from "../operator-file.js";
import { LIMIT_NAMES, MODEL_LIMITS, type ModelLimits } from "./model-limits.js";
import { nearestName } from "./nearest-name.js";
import { wholeNumberWithin } from "./whole-number.js";

/** A file of this name in the backend's folder sets ceilings: a line each of `name = value` or `name value`. */
export const LIMITS_FILE = "limits";

/** The most that a model may ask for, per limit. */
export type Ceilings = ModelLimits;

/** What holds where the operator has set nothing. */
export const DEFAULT_CEILINGS: Ceilings = eachLimit(({ ceiling }) => ceiling);

/** Variables with this prefix are ours, as a model's parameters are: a misspelt ceiling must not pass for one that holds. */
const OURS = "wasm_";
const LINE = /^([^\s=]+)(?:\s*=\s*|\s+)(.*)$/;

/** Variables of an environment that set a ceiling, or look as if they should. */
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
 * The operator's ceilings: of the variables, then of the file, then {@link DEFAULT_CEILINGS}.
 * @param variables from {@link ceilingVariables}
 * @param file need not exist; undefined where there is none
 * @throws StubError ERR_ENVIRONMENT naming variable or file and line, the name and its range
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
    if (set.has(name)) throw refused(place, `${name} is set for the second time`, name);
    set.set(name, ceiling(name, value, place));
  }
  return set;
}

function ceiling(name: string, text: string, place: string): number {
  const limit = Object.values(MODEL_LIMITS).find(({ parameter }) => parameter === name);
  if (limit === undefined) {
    const known = `did you mean ${nearestName(name, LIMIT_NAMES)}? There are ${LIMIT_NAMES.join(", ")}`;
    throw refused(place, `there is no limit '${name}'; ${known}`, name);
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
