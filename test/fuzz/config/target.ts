import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { DEFAULT_CEILINGS } from "../../../host/config/ceilings.js";
import { instanceOrdinal } from "../../../host/config/instance-ordinal.js";
import { type ModelConfig, parseModelConfig } from "../../../host/config/model-config.js";
import { MODEL_LIMITS, type ModelLimits } from "../../../host/config/model-limits.js";
import { StubError } from "../../../host/errors.js";
import { moduleCaps } from "../../../host/guest/module-caps.js";
import type { ModelLimit } from "../../../host/limits.js";
import { shortened } from "../../../host/text.js";
import type { FuzzTarget } from "../target.js";
import { makeConfig } from "./make.js";

const ENVIRONMENT = "wasm_env.";
const GRAPH = "wasm_nn.";
const MEMORY_PAGES = 65_536;
const LIMITS = Object.entries(MODEL_LIMITS) as [
  keyof ModelLimits,
  (typeof MODEL_LIMITS)["logMaxBytes"],
][];

/** What a model's configuration says to us. */
export const CONFIG: FuzzTarget = {
  name: "config",
  make: makeConfig,
  check(input) {
    return check(new TextDecoder().decode(input));
  },
};

function check(text: string): string {
  let config: ModelConfig;
  try {
    config = parseModelConfig(text, DEFAULT_CEILINGS);
  } catch (error) {
    return checkRefusal(text, error);
  }
  const parameters = parametersOf(text);
  checkLimits(config.sandbox.limits, parameters);
  checkEnvironment(config.sandbox.environment, parameters);
  checkGraphs(config, parameters);
  ok(!/^\.{0,2}$|\//.test(config.modelFile), `a module is looked for in '${config.modelFile}'`);
  checkCommands(config, parameters);
  checkOrdinals(config);
  const environment = Object.keys(config.sandbox.environment).length > 0;
  const graphs = config.sandbox.graphs.size > 0;
  return `taken${parameters.size > 0 ? ", with parameters" : ""}${environment ? ", with an environment" : ""}${graphs ? ", with graphs" : ""}`;
}

/** It names the field or parameter that is wrong, unless the text is no JSON. */
function checkRefusal(text: string, error: unknown): string {
  if (!(error instanceof StubError)) throw error;
  strictEqual(error.code, "ERR_CONFIG_FIELD", String(error.stack));
  const { field } = error.details;
  if (field === undefined) {
    ok(!isJson(text), `JSON was refused: ${error.message}`);
    return "refused as no JSON";
  }
  const names = [String(field), shortened(String(field))];
  ok(
    names.some((name) => error.message.includes(name)),
    `'${error.message}' does not name ${field}`,
  );
  const limit = LIMITS.find(([, { parameter }]) => parameter === field)?.[1];
  if (limit === undefined) return `refused: ${String(field).replace(/^wasm_.*/s, "a parameter")}`;
  const value = parametersOf(text).get(limit.parameter);
  ok(value === undefined || !isWithin(value, limit), `${value} was refused: ${error.message}`);
  return "refused: a limit";
}

/** What the text says, and otherwise the defaults. */
function checkLimits(limits: ModelLimits, parameters: ReadonlyMap<string, string>): void {
  for (const [key, limit] of LIMITS) {
    const value = parameters.get(limit.parameter);
    strictEqual(limits[key], value === undefined ? limit.default : Number(value), limit.parameter);
    ok(limits[key] <= limit.ceiling, `${limit.parameter} is above its ceiling`);
    ok(value === undefined || isWithin(value, limit), `${limit.parameter} may be '${value}'`);
    ok(isWithin(String(limits[key]), limit), `${limit.parameter} is ${limits[key]}`);
  }
  ok(Number.isInteger(moduleCaps(limits).memoryMaxPages), "pages of memory");
  ok(moduleCaps(limits).memoryMaxPages <= MEMORY_PAGES, "pages of memory");
}

/** Written once more, and otherwise than in the parser. */
function isWithin(text: string, { min, ceiling }: ModelLimit) {
  const digits = [...text].every((digit) => "0123456789".includes(digit));
  return digits && text !== "" && BigInt(text) >= BigInt(min) && BigInt(text) <= BigInt(ceiling);
}

/** Nothing that a shell obeys may have been taken. */
function checkCommands(
  { name, modelFile, instanceGroups }: ModelConfig,
  parameters: ReadonlyMap<string, string>,
): void {
  ok(!parameters.has("EXECUTION_ENV_PATH"), "an execution environment was taken");
  for (const word of [name, modelFile, ...instanceGroups.map((group) => group.name)]) {
    ok(!/[\n\0;$`|&]/.test(word), `'${word}' was taken`);
  }
}

function checkEnvironment(
  environment: Readonly<Record<string, string>>,
  parameters: ReadonlyMap<string, string>,
): void {
  const ours = [...parameters].filter(([name]) => name.startsWith(ENVIRONMENT));
  const expected = ours.map(([name, value]) => [name.slice(ENVIRONMENT.length), value]);
  deepStrictEqual(Object.entries(environment).sort(), expected.sort());
  ok(
    !expected.some(([name]) => /^$|[=\0]/.test(name!)),
    "a name that no variable can have was taken",
  );
  for (const name of parameters.keys()) {
    const known =
      name.startsWith(ENVIRONMENT) ||
      name.startsWith(GRAPH) ||
      LIMITS.some(([, limit]) => limit.parameter === name);
    ok(known || !name.toLowerCase().startsWith("wasm_"), `${name} was taken`);
  }
}

/** Only what an object in JSON says. */
function checkGraphs(
  { sandbox: { graphs } }: ModelConfig,
  parameters: ReadonlyMap<string, string>,
): void {
  const ours = [...parameters].filter(([name]) => name.startsWith(GRAPH));
  deepStrictEqual(
    [...graphs.keys()],
    ours.map(([name]) => name.slice(GRAPH.length)),
  );
  for (const [name, value] of ours) {
    const { model, version, inputs, outputs } = graphs.get(name.slice(GRAPH.length))!;
    const read = { model, version: version && Number(version), inputs, outputs };
    const said = JSON.parse(value) as Readonly<Record<string, unknown>>;
    for (const [member, one] of Object.entries(read)) deepStrictEqual(one, said[member], member);
    ok(!Array.isArray(said) && Object.keys(said).every((member) => member in read), value);
  }
}

/** Instances have ordinals of their own, as long as the server has named their groups apart. */
function checkOrdinals({ instanceGroups }: ModelConfig): void {
  const ordinals: number[] = [];
  for (const { name, count } of instanceGroups) {
    for (const number of new Set([0, count - 1])) {
      if (number >= 0 && number < count) {
        ordinals.push(instanceOrdinal(instanceGroups, `${name}_${number}`));
      }
    }
  }
  const names = new Set(instanceGroups.map(({ name }) => name));
  if (names.size < instanceGroups.length) return;
  const total = instanceGroups.reduce((sum, { count }) => sum + count, 0);
  ok(
    ordinals.every((ordinal) => ordinal >= 0 && ordinal < total),
    `ordinals ${ordinals}`,
  );
  strictEqual(new Set(ordinals).size, ordinals.length, `ordinals ${ordinals}`);
}

/** The parameters that have a text, by JSON alone. */
function parametersOf(text: string): Map<string, string> {
  const { parameters } = Object(JSON.parse(text)) as { readonly parameters?: unknown };
  return new Map(
    Object.entries(Object(parameters ?? {})).map(([name, value]) => [
      name,
      String((value as { readonly string_value?: unknown } | null)?.string_value ?? ""),
    ]),
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
