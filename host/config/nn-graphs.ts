import { StubError } from "../errors.js";
import { CALL_ITEMS_MAX } from "../limits.js";
import { shortened } from "../text.js";

/** Parameters `wasm_nn.<graph>` describe the graphs of wasi-nn. */
export const NN_GRAPH = "wasm_nn.";

const MEMBERS = ["model", "version", "inputs", "outputs"];

/** What the configuration says about a graph of wasi-nn; undefined: nothing. */
export interface NnGraphConfig {
  readonly model: string | undefined;
  readonly version: bigint | undefined;
  readonly inputs: readonly string[] | undefined;
  readonly outputs: readonly string[] | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads a parameter `wasm_nn.<graph>`.
 * @param value an object in JSON, with members of {@link MEMBERS}
 * @returns the graph's name, and what the value says about it
 * @throws StubError ERR_CONFIG_FIELD, which names the parameter and the member
 */
export function parseNnGraph(
  parameter: string,
  value: string,
): readonly [graph: string, config: NnGraphConfig] {
  const graph = parameter.slice(NN_GRAPH.length);
  if (graph === "") throw wrong(parameter, `does not name a graph: use ${NN_GRAPH}<graph>`);
  const members = objectOf(parameter, value);
  const unknown = Object.keys(members).find((name) => !MEMBERS.includes(name));
  if (unknown !== undefined) {
    throw wrong(parameter, `has the member '${shortened(unknown)}': use ${MEMBERS.join(", ")}`);
  }
  return [
    graph,
    {
      model: modelOf(parameter, members),
      version: versionOf(parameter, members),
      inputs: namesOf(parameter, members, "inputs"),
      outputs: namesOf(parameter, members, "outputs"),
    },
  ];
}

function objectOf(parameter: string, value: string): Members {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
    return parsed as Members;
  }
  throw wrong(
    parameter,
    `is '${shortened(value)}': it must be a JSON object such as {"inputs":["data"],"outputs":["scores"]}`,
  );
}

function modelOf(parameter: string, { model }: Members): string | undefined {
  if (model === undefined || isName(model)) return model;
  throw wrong(parameter, "has a member 'model' that is not the name of a model");
}

function versionOf(parameter: string, { version }: Members): bigint | undefined {
  if (version === undefined) return undefined;
  if (Number.isSafeInteger(version) && (version as number) > 0) return BigInt(version as number);
  throw wrong(parameter, "has a member 'version' that is not a whole number above 0");
}

function namesOf(
  parameter: string,
  members: Members,
  member: "inputs" | "outputs",
): readonly string[] | undefined {
  const names = members[member];
  if (names === undefined) return undefined;
  const areNames =
    Array.isArray(names) &&
    names.length <= CALL_ITEMS_MAX &&
    names.every(isName) &&
    new Set(names).size === names.length;
  if (areNames) return names;
  throw wrong(
    parameter,
    `has a member '${member}' that is not a list of at most ${CALL_ITEMS_MAX} different names`,
  );
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function wrong(parameter: string, fault: string): StubError {
  return new StubError(
    "ERR_CONFIG_FIELD",
    `model parameter ${shortened(parameter)} ${fault} (docs/guest-abi.md, wasi-nn)`,
    { field: parameter },
  );
}
