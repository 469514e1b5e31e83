import { readText } from "./model";
import {
  config_max_batch_size,
  config_name,
  config_tensor_count,
  config_tensor_datatype,
  config_tensor_find,
  config_tensor_name,
  config_tensor_shape,
  model_parameter,
} from "./triton_v1";

const INPUTS = 0;
const OUTPUTS = 1;

/** Returns the string value of a parameter in the model's configuration; null when the model does not have it. */
export function modelParameter(key: string): string | null {
  const name = String.UTF8.encode(key);
  const length = model_parameter(changetype<usize>(name), name.byteLength, 0, 0);
  if (length < 0) return null;
  const bytes = new ArrayBuffer(length);
  model_parameter(changetype<usize>(name), name.byteLength, changetype<usize>(bytes), length);
  return String.UTF8.decode(bytes);
}

/** An input or output of the model's configuration. */
@final
export class TensorConfig {
  /**
   * @param side 0 for an input, 1 for an output
   * @param index index in the configuration
   */
  constructor(
    readonly side: i32,
    readonly index: i32,
  ) {}

  get name(): string {
    const length = config_tensor_name(this.side, this.index, 0, 0);
    const bytes = new ArrayBuffer(length);
    config_tensor_name(this.side, this.index, changetype<usize>(bytes), length);
    return String.UTF8.decode(bytes);
  }

  /** Datatype as a number of `Datatype`; 0 if the configuration does not set it. */
  get datatype(): i32 {
    return config_tensor_datatype(this.side, this.index);
  }

  /** The dimensions without that of the batch; -1 is a dimension of any size. */
  get dims(): StaticArray<i64> {
    const rank = config_tensor_shape(this.side, this.index, 0, 0);
    const dims = new StaticArray<i64>(rank);
    config_tensor_shape(this.side, this.index, changetype<usize>(dims), rank);
    return dims;
  }
}

/** The model's configuration. */
export namespace ModelConfig {
  export function name(): string {
    const length = config_name(0, 0);
    const bytes = new ArrayBuffer(length);
    config_name(changetype<usize>(bytes), length);
    return String.UTF8.decode(bytes);
  }

  /** The model's version; empty in an auto-completion. */
  export function version(): string {
    return readText("model_version");
  }

  /** 0: the model does not support batching. */
  export function maxBatchSize(): i32 {
    return config_max_batch_size();
  }

  export function inputs(): TensorConfig[] {
    return tensors(INPUTS);
  }

  export function outputs(): TensorConfig[] {
    return tensors(OUTPUTS);
  }

  /** Returns the configured input of this name; null when there is none. */
  export function input(name: string): TensorConfig | null {
    return find(INPUTS, name);
  }

  /** Returns the configured output of this name; null when there is none. */
  export function output(name: string): TensorConfig | null {
    return find(OUTPUTS, name);
  }
}

function tensors(side: i32): TensorConfig[] {
  const all: TensorConfig[] = [];
  const count = config_tensor_count(side);
  for (let index = 0; index < count; index++) all.push(new TensorConfig(side, index));
  return all;
}

function find(side: i32, name: string): TensorConfig | null {
  const bytes = String.UTF8.encode(name);
  const index = config_tensor_find(side, changetype<usize>(bytes), bytes.byteLength);
  return index < 0 ? null : new TensorConfig(side, index);
}
