import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A model repository in a temporary folder. */
export class ModelRepository {
  readonly folder = mkdtempSync(join(tmpdir(), "models-"));

  /**
   * Adds version 1 of a model.
   * @param config text of its config.pbtxt
   * @param files of the version directory, by name
   */
  add(name: string, config: string, files: Readonly<Record<string, Uint8Array>> = {}): void {
    const version = join(this.folder, name, "1");
    mkdirSync(version, { recursive: true });
    writeFileSync(join(this.folder, name, "config.pbtxt"), config);
    for (const [file, bytes] of Object.entries(files)) writeFileSync(join(version, file), bytes);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One tensor pair of a model configuration. */
export interface PairConfig {
  readonly index: number;
  /** Name in the configuration, such as TYPE_FP32. */
  readonly type: string;
  readonly dims: readonly number[];
  /** Further fields of the input, such as `optional: true`. */
  readonly input?: string;
  /** Further fields of both, such as `reshape { shape: [] }`. */
  readonly both?: string;
}

/** Text of a config.pbtxt with INPUT<index> and OUTPUT<index> for each pair. */
export function pairsConfig(
  backend: string,
  pairs: readonly PairConfig[],
  { maxBatchSize = 0, extra = "" } = {},
): string {
  const tensor = (kind: "INPUT" | "OUTPUT", pair: PairConfig) =>
    `{ name: "${kind}${pair.index}" data_type: ${pair.type} dims: [${pair.dims.join(", ")}] ` +
    `${pair.both ?? ""} ${kind === "INPUT" ? (pair.input ?? "") : ""} }`;
  return `backend: "${backend}"
max_batch_size: ${maxBatchSize}
input [ ${pairs.map((pair) => tensor("INPUT", pair)).join(",\n")} ]
output [ ${pairs.map((pair) => tensor("OUTPUT", pair)).join(",\n")} ]
${extra}
`;
}

/** The configuration of most tests: one pair of 32-bit floats of any length. */
export function floatConfig(backend: string, extra = "", maxBatchSize = 0): string {
  return pairsConfig(backend, [{ index: 0, type: "TYPE_FP32", dims: [-1] }], {
    maxBatchSize,
    extra,
  });
}

/** `count` instances on the CPU. */
export function instances(count: number): string {
  return `instance_group [ { kind: KIND_CPU count: ${count} } ]`;
}

/** A model parameter. */
export function parameter(key: string, value: string): string {
  return `parameters { key: "${key}" value { string_value: "${value}" } }`;
}
