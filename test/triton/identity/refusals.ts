import { expect } from "@jest/globals";
import type { TritonServer } from "../../support/triton/server.js";

/** A tensor of a model configuration, with the fields that the checks at load look at. */
export interface TensorConfig {
  readonly name: string;
  /** Default: TYPE_FP32. */
  readonly type?: string;
  /** Default: [4]. */
  readonly dims?: readonly number[];
  /** Further fields, such as `reshape { shape: [] }`. */
  readonly more?: string;
}

/** Text of a config.pbtxt whose two lists of tensors need not match. A name alone is a tensor of four floats. */
export function unequalConfig(
  inputs: readonly (TensorConfig | string)[],
  outputs: readonly (TensorConfig | string)[],
  extra = "",
): string {
  const tensor = (config: TensorConfig | string): string => {
    const { name, type, dims, more } = typeof config === "string" ? { name: config } : config;
    return `{ name: "${name}" data_type: ${type ?? "TYPE_FP32"} dims: [${(dims ?? [4]).join(", ")}] ${more ?? ""} }`;
  };
  return `backend: "identity"
${inputs.map((input) => `input ${tensor(input)}`).join("\n")}
${outputs.map((output) => `output ${tensor(output)}`).join("\n")}
${extra}
`;
}

/** Expects that the answer to a load request and the server's log give the backend's sentence. */
export function expectRefusal(
  server: TritonServer,
  model: string,
  answer: string | undefined,
  sentence: string,
): void {
  expect(answer).toContain(`version 1 is at UNAVAILABLE state: Internal: model '${model}': `);
  expect(answer).toContain(sentence);
  const line = new RegExp(`^E\\d{4} .*failed to load '${model}' version 1: .*`, "m");
  expect(line.exec(server.log())?.[0]).toContain(sentence);
}
