import { StubError } from "../errors.js";
import {
  CALL_DEADLINE_MS,
  CALLS_MAX,
  EXECUTE_DEADLINE_MS,
  FAILURES_MAX,
  FILES_MAX_BYTES,
  INITIALIZE_DEADLINE_MS,
  LOG_MAX_BYTES,
  LOG_MAX_LINES,
  MEMORY_MAX_BYTES,
  MODULE_MAX_BYTES,
  type ModelLimit,
  OPEN_REQUESTS_MAX,
  OUTPUT_MAX_BYTES,
  RESPONSE_MAX_BYTES,
  RESPONSES_MAX,
  STREAM_DEADLINE_MS,
  TABLE_MAX_ENTRIES,
} from "../limits.js";
import { shortened } from "../text.js";
import { nearestName } from "./nearest-name.js";
import { NN_GRAPH, type NnGraphConfig, parseNnGraph } from "./nn-graphs.js";
import { wholeNumberWithin } from "./whole-number.js";

/** All limits that a model's configuration may set (docs/security.md). */
export const MODEL_LIMITS = {
  memoryMaxBytes: MEMORY_MAX_BYTES,
  tableMaxEntries: TABLE_MAX_ENTRIES,
  moduleMaxBytes: MODULE_MAX_BYTES,
  executeDeadlineMs: EXECUTE_DEADLINE_MS,
  initializeDeadlineMs: INITIALIZE_DEADLINE_MS,
  outputMaxBytes: OUTPUT_MAX_BYTES,
  filesMaxBytes: FILES_MAX_BYTES,
  logMaxLines: LOG_MAX_LINES,
  logMaxBytes: LOG_MAX_BYTES,
  failuresMax: FAILURES_MAX,
  openRequestsMax: OPEN_REQUESTS_MAX,
  responsesMax: RESPONSES_MAX,
  responseMaxBytes: RESPONSE_MAX_BYTES,
  streamDeadlineMs: STREAM_DEADLINE_MS,
  callsMax: CALLS_MAX,
  callDeadlineMs: CALL_DEADLINE_MS,
} as const satisfies Readonly<Record<string, ModelLimit>>;

export type ModelLimits = Readonly<Record<keyof typeof MODEL_LIMITS, number>>;

/** The parameter names of all limits. */
export const LIMIT_NAMES: readonly string[] = Object.values(MODEL_LIMITS).map(
  ({ parameter }) => parameter,
);

/**
 * Parameters with this prefix, in any case, belong to this backend. A misspelt one is refused: its author would believe that it limits
 * something.
 */
const OURS = "wasm_";
const ENVIRONMENT = "wasm_env.";

/** The settings of a model's sandbox. */
export interface SandboxConfig {
  readonly limits: ModelLimits;
  /** The environment variables of the guest: parameters `wasm_env.<NAME>`. */
  readonly environment: Readonly<Record<string, string>>;
  /** The graphs of wasi-nn by their names: parameters `wasm_nn.<graph>`. */
  readonly graphs: ReadonlyMap<string, NnGraphConfig>;
}

/**
 * Reads the settings of a model's sandbox.
 * @param parameters the model's parameters: name to text
 * @param ceilings the highest limits that the operator allows
 * @throws StubError ERR_CONFIG_FIELD, which names the parameter, its value, and the range or the ceiling
 */
export function parseSandboxConfig(
  parameters: ReadonlyMap<string, string>,
  ceilings: ModelLimits,
): SandboxConfig {
  const environment: [name: string, value: string][] = [];
  const graphs = new Map<string, NnGraphConfig>();
  for (const [name, value] of parameters) {
    if (name.startsWith(ENVIRONMENT)) {
      environment.push([environmentName(name), value]);
    } else if (name.startsWith(NN_GRAPH)) {
      graphs.set(...parseNnGraph(name, value));
    } else if (name.toLowerCase().startsWith(OURS) && !LIMIT_NAMES.includes(name)) {
      throw unknownName(name);
    }
  }
  const limits = Object.fromEntries(
    Object.entries(MODEL_LIMITS).map(([key, limit]) => [
      key,
      limitOf(limit, parameters, ceilings[key as keyof ModelLimits]),
    ]),
  ) as ModelLimits;
  return { limits, environment: Object.fromEntries(environment), graphs };
}

function unknownName(name: string): StubError {
  const lowerCase = name.toLowerCase();
  const prefix = [ENVIRONMENT, NN_GRAPH].find((ours) => lowerCase.startsWith(ours));
  const meant =
    prefix === undefined ? nearestName(name, LIMIT_NAMES) : prefix + name.slice(prefix.length);
  const all =
    `the parameters that begin with ${OURS} are ${LIMIT_NAMES.join(", ")}, ${ENVIRONMENT}<NAME> ` +
    `and ${NN_GRAPH}<graph>`;
  return new StubError(
    "ERR_CONFIG_FIELD",
    `model parameter ${shortened(name)} does not exist, did you mean ${shortened(meant)}? Names are case-sensitive; ${all}`,
    { field: name },
  );
}

function limitOf(
  limit: ModelLimit,
  parameters: ReadonlyMap<string, string>,
  ceiling: number,
): number {
  const { parameter, min, max, default: standard } = limit;
  const text = parameters.get(parameter);
  if (text === undefined) return Math.min(standard, ceiling);
  const value = wholeNumberWithin(text, limit);
  if (value !== undefined && value <= ceiling) return value;
  const reason =
    value === undefined
      ? `it must be a whole number from ${min} to ${max}`
      : `the operator of the server allows at most ${ceiling}. Set a lower value, or ask the operator to raise ${parameter} in the ` +
        "server's environment or in the file 'limits' of the backend's folder (docs/security.md)";
  throw new StubError(
    "ERR_CONFIG_FIELD",
    `model parameter ${parameter} is '${shortened(text)}': ${reason}`,
    {
      field: parameter,
      value: text,
    },
  );
}

function environmentName(parameter: string): string {
  const name = parameter.slice(ENVIRONMENT.length);
  if (name !== "" && !name.includes("=") && !name.includes("\0")) return name;
  throw new StubError(
    "ERR_CONFIG_FIELD",
    `model parameter '${shortened(parameter)}' does not name an environment variable: use ${ENVIRONMENT}<NAME>, without '='`,
    { field: parameter },
  );
}
