import { StubError } from "../errors.js";
import { type ModelFunctions, STATUS_NONE } from "./abi.js";
import { type Border, checkIndex } from "./border.js";
import type { ConfiguredTensor, ModelServices } from "./services.js";
import { shapeBytes } from "./shape.js";

type ConfigFunctions = Pick<
  ModelFunctions,
  Extract<keyof ModelFunctions, `config_${string}` | "model_parameter">
>;

const SIDES = ["input", "output"] as const;

/** The host functions that read the model's configuration, so that no guest needs a parser of JSON for it. */
export function configImports(border: Border, model: ModelServices): ConfigFunctions {
  const list = (side: number): readonly ConfiguredTensor[] => {
    const name = SIDES[side >>> 0];
    if (name !== undefined) return model.config[`${name}s`];
    throw new StubError(
      "ERR_GUEST_ARGUMENT",
      `the model asked for side ${side >>> 0} of its configuration: use 0 (inputs) or 1 (outputs)`,
      { side: side >>> 0 },
    );
  };
  const tensor = (side: number, index: number): ConfiguredTensor => {
    const tensors = list(side);
    return tensors[checkIndex(`configured ${SIDES[side]!}`, index, tensors.length)]!;
  };
  return {
    model_parameter: (key: number, keyLength: number, target: number, capacity: number) => {
      const name = border.text(key, keyLength, "a parameter's key");
      const value = model.config.parameters.get(name);
      if (value === undefined) return STATUS_NONE;
      return border.write(value, target, capacity, "a buffer for a parameter");
    },
    config_name: (target: number, capacity: number) =>
      border.write(model.config.name, target, capacity, "a buffer for the model's name"),
    config_max_batch_size: () => model.config.maxBatchSize,
    config_tensor_count: (side: number) => list(side).length,
    config_tensor_find: (side: number, name: number, nameLength: number) => {
      const wanted = border.text(name, nameLength, "a tensor's name");
      return list(side).findIndex((tensor) => tensor.name === wanted);
    },
    config_tensor_name: (side: number, index: number, target: number, capacity: number) =>
      border.write(tensor(side, index).name, target, capacity, "a buffer for a tensor's name"),
    config_tensor_datatype: (side: number, index: number) => tensor(side, index).datatype,
    config_tensor_shape: (side: number, index: number, target: number, capacity: number) => {
      const { dims } = tensor(side, index);
      const what = "a buffer for a configured shape";
      const at = border.wideRange(target, shapeBytes(capacity), what);
      const written = dims.slice(0, capacity >>> 0);
      if (written.length === 0) return dims.length;
      const bytes = new Uint8Array(BigInt64Array.from(written).buffer);
      border.bytes.set(bytes, at);
      return dims.length;
    },
  };
}
