import { messageOf, StubError } from "../errors.js";
import type { InstanceGroup } from "./instance-ordinal.js";
import { parseSandboxConfig, type SandboxConfig } from "./model-limits.js";

/** What this backend reads of a model's configuration. */
export interface ModelConfig {
  readonly name: string;
  /** Name of the module's file in the version directory. */
  readonly modelFile: string;
  readonly sandbox: SandboxConfig;
  readonly instanceGroups: readonly InstanceGroup[];
}

const DEFAULT_MODEL_FILE = "model.wasm";

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
    sandbox: parseSandboxConfig(parameters(config.parameters)),
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

function parameters(value: unknown): Map<string, string> {
  return new Map(
    Object.entries(object(value)).map(([name, parameter]) => [
      name,
      String(object(parameter).string_value ?? ""),
    ]),
  );
}

function instanceGroups(value: unknown): InstanceGroup[] {
  if (!Array.isArray(value)) return [];
  return value.map(object).map(({ name, count }) => ({ name: String(name), count: Number(count) }));
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
