import { messageOf, StubError } from "../errors.js";
import { shortened } from "../text.js";
import type { Ceilings } from "./ceilings.js";
import type { InstanceGroup } from "./instance-ordinal.js";
import { parseSandboxConfig, type SandboxConfig } from "./model-limits.js";
import { type CommandFields, refuseOutsideCommands } from "./outside-commands.js";

/** The parts of a model's configuration that this backend reads. */
export interface ModelConfig {
  readonly name: string;
  /** Name of the module's file in the version folder. */
  readonly modelFile: string;
  readonly sandbox: SandboxConfig;
  readonly instanceGroups: readonly InstanceGroup[];
}

/** File name of the module if the configuration does not set one. */
export const DEFAULT_MODEL_FILE = "model.wasm";
const INT32_MAX = 2 ** 31 - 1;

type Json = { readonly [key: string]: unknown };

/**
 * Reads a model configuration in the server's JSON, with proto field names and default values.
 * @throws StubError ERR_CONFIG_FIELD, which names the field and its value
 */
export function parseModelConfig(json: string, ceilings: Ceilings): ModelConfig {
  const config = parseJson(json);
  refuseOutsideCommands(commandFields(config));
  return readModelConfig(config, ceilings);
}

/** Like {@link parseModelConfig}, for a parsed value, and without the check for commands that the server may have run. */
export function readModelConfig(value: unknown, ceilings: Ceilings): ModelConfig {
  const config = object(value);
  return {
    name: text("name", config.name),
    modelFile: modelFile(text("default_model_filename", config.default_model_filename)),
    sandbox: parseSandboxConfig(parameters(config.parameters), ceilings),
    instanceGroups: instanceGroups(config.instance_group),
  };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new StubError(
      "ERR_CONFIG_FIELD",
      `the model configuration is not valid JSON: ${messageOf(error)}`,
    );
  }
}

/**
 * Extracts the fields of a configuration that can make the server run commands.
 * @throws StubError ERR_CONFIG_FIELD, which names a field of a wrong type
 */
export function commandFields(value: unknown): CommandFields {
  const config = object(value);
  return {
    name: text("name", config.name),
    modelFile: text("default_model_filename", config.default_model_filename),
    parameters: parameters(config.parameters),
    groupNames: list(config.instance_group).map(groupName),
  };
}

function modelFile(name: string): string {
  if (name === "") return DEFAULT_MODEL_FILE;
  if (name.includes("/") || name === "." || name === "..") {
    throw new StubError(
      "ERR_CONFIG_FIELD",
      `default_model_filename is '${shortened(name)}': it must name a file in the model's version directory`,
      { field: "default_model_filename", value: name },
    );
  }
  return name;
}

function parameters(value: unknown): Map<string, string> {
  return new Map(
    Object.entries(object(value)).map(([name, parameter]) => [
      name,
      text(name, object(parameter).string_value),
    ]),
  );
}

function instanceGroups(value: unknown): InstanceGroup[] {
  return list(value).map((group) => ({
    name: groupName(group),
    count: wholeNumber("instance_group.count", group.count),
  }));
}

function groupName({ name }: Json): string {
  return text("instance_group.name", name);
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}

/** Reads a string; a missing one is empty. */
function text(field: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  throw ofAnotherType(field, "a string");
}

/** Reads a whole number; a missing one is 0, as in the server. */
function wholeNumber(field: string, value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === "number" && value >= 0 && value <= INT32_MAX && Number.isInteger(value)) {
    return value;
  }
  throw ofAnotherType(field, `a whole number up to ${INT32_MAX}`);
}

function ofAnotherType(field: string, expected: string): StubError {
  return new StubError(
    "ERR_CONFIG_FIELD",
    `${field} of the model configuration must be ${expected}`,
    {
      field,
    },
  );
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
