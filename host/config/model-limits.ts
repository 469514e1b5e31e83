import { StubError } from "../errors.js";
import {
  EXECUTE_DEADLINE_MS,
  FAILURES_MAX,
  INITIALIZE_DEADLINE_MS,
  LOG_MAX_BYTES,
  LOG_MAX_LINES,
  MEMORY_MAX_BYTES,
  MODULE_MAX_BYTES,
  type ModelLimit,
  OUTPUT_MAX_BYTES,
  TABLE_MAX_ENTRIES,
} from "../limits.js";

/** Every limit that a model's configuration may set (docs/security.md). */
export const MODEL_LIMITS = {
  memoryMaxBytes: MEMORY_MAX_BYTES,
  tableMaxEntries: TABLE_MAX_ENTRIES,
  moduleMaxBytes: MODULE_MAX_BYTES,
  executeDeadlineMs: EXECUTE_DEADLINE_MS,
  initializeDeadlineMs: INITIALIZE_DEADLINE_MS,
  outputMaxBytes: OUTPUT_MAX_BYTES,
  logMaxLines: LOG_MAX_LINES,
  logMaxBytes: LOG_MAX_BYTES,
  failuresMax: FAILURES_MAX,
} as const satisfies Readonly<Record<string, ModelLimit>>;

export type ModelLimits = Readonly<Record<keyof typeof MODEL_LIMITS, number>>;

/** Parameters that begin so are ours: a misspelt limit must not pass for one that holds. */
const OURS = "wasm_";
const ENVIRONMENT = "wasm_env.";
const DIGITS = /^\d{1,15}$/;

/** What a model's configuration says of its sandbox. */
export interface SandboxConfig {
  readonly limits: ModelLimits;
  /** What the guest may read as its environment: parameters `wasm_env.<NAME>`. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * @param parameters of the model, name to text
 * @throws StubError ERR_CONFIG_FIELD naming parameter, value and range
 */
export function parseSandboxConfig(parameters: ReadonlyMap<string, string>): SandboxConfig {
  const names = Object.values(MODEL_LIMITS).map(({ parameter }) => parameter);
  const environment: [name: string, value: string][] = [];
  for (const [name, value] of parameters) {
    if (name.startsWith(ENVIRONMENT)) {
      environment.push([environmentName(name), value]);
    } else if (name.startsWith(OURS) && !names.includes(name)) {
      throw new StubError(
        "ERR_CONFIG_FIELD",
        `model parameter ${name} does not exist: those that begin with ${OURS} are ${names.join(", ")} and ${ENVIRONMENT}<NAME>`,
        { field: name },
      );
    }
  }
  const limits = Object.fromEntries(
    Object.entries(MODEL_LIMITS).map(([key, limit]) => [key, limitOf(limit, parameters)]),
  ) as ModelLimits;
  return { limits, environment: Object.fromEntries(environment) };
}

function limitOf(
  { parameter, min, max, default: standard }: ModelLimit,
  parameters: ReadonlyMap<string, string>,
): number {
  const text = parameters.get(parameter);
  if (text === undefined) return standard;
  const value = DIGITS.test(text) ? Number(text) : -1;
  if (value >= min && value <= max) return value;
  throw new StubError(
    "ERR_CONFIG_FIELD",
    `model parameter ${parameter} is '${text}': it must be a whole number from ${min} to ${max}`,
    { field: parameter, value: text },
  );
}

function environmentName(parameter: string): string {
  const name = parameter.slice(ENVIRONMENT.length);
  if (name !== "" && !name.includes("=") && !name.includes("\0")) return name;
  throw new StubError(
    "ERR_CONFIG_FIELD",
    `model parameter '${parameter}' names no environment variable: ${ENVIRONMENT}<NAME>, without '='`,
    { field: parameter },
  );
}
