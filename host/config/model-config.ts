import { messageOf, StubError } from "../errors.js";
import { EXECUTE_DEADLINE_MAX_MS } from "../limits.js";
import type { InstanceGroup } from "./instance-ordinal.js";

/** What this backend reads of a model's configuration. */
export interface ModelConfig {
  readonly name: string;
  /** Name of the module's file in the version directory. */
  readonly modelFile: string;
  /** Model parameter `execute_deadline_ms`; 0: none. */
  readonly executeDeadlineMs: number;
  readonly instanceGroups: readonly InstanceGroup[];
}

const DEFAULT_MODEL_FILE = "model.wasm";
const DEADLINE_PARAMETER = "execute_deadline_ms";

type Json = { readonly [key: string]: unknown };

/**
 * Reads the server's JSON of a model configuration (proto field names, defaults printed).
 * @throws StubError ERR_CONFIG_FIELD naming field and value
 */
export function parseModelConfig(json: string): ModelConfig {
  let config: Json;
  try {
    config = object(JSON.parse(json));
  } catch (error) {
    throw new StubError(
      "ERR_CONFIG_FIELD",
      `the model configuration is no JSON: ${messageOf(error)}`,
    );
  }
  return {
    name: String(config.name ?? ""),
    modelFile: modelFile(config.default_model_filename),
    executeDeadlineMs: deadline(object(config.parameters)[DEADLINE_PARAMETER]),
    instanceGroups: instanceGroups(config.instance_group),
  };
}

function modelFile(value: unknown): string {
  if (value === undefined || value === "") return DEFAULT_MODEL_FILE;
  const name = String(value);
  if (name.includes("/") || name === "." || name === "..") {
    throw new StubError(
      "ERR_CONFIG_FIELD",
      `default_model_filename is '${name}': it must name a file in the model's version directory`,
      { field: "default_model_filename", value: name },
    );
  }
  return name;
}

function deadline(parameter: unknown): number {
  if (parameter === undefined) return 0;
  const text = String(object(parameter).string_value ?? "");
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= EXECUTE_DEADLINE_MAX_MS) return value;
  throw new StubError(
    "ERR_CONFIG_FIELD",
    `model parameter ${DEADLINE_PARAMETER} is '${text}': it must be a whole number of milliseconds from 1 to ${EXECUTE_DEADLINE_MAX_MS}`,
    { field: DEADLINE_PARAMETER, value: text },
  );
}

function instanceGroups(value: unknown): InstanceGroup[] {
  if (!Array.isArray(value)) return [];
  return value.map(object).map(({ name, count }) => ({ name: String(name), count: Number(count) }));
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
