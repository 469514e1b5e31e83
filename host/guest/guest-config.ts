import { StubError } from "../errors.js";
import { shortened } from "../text.js";
import type { ConfiguredTensor, GuestConfig } from "./model-data.js";

type Json = { readonly [key: string]: unknown };

/** Names of the configuration in the order of TRITONSERVER_DataType. */
const DATATYPES: readonly string[] = [
  ...["TYPE_INVALID", "TYPE_BOOL", "TYPE_UINT8", "TYPE_UINT16", "TYPE_UINT32", "TYPE_UINT64"],
  ...["TYPE_INT8", "TYPE_INT16", "TYPE_INT32", "TYPE_INT64"],
  ...["TYPE_FP16", "TYPE_FP32", "TYPE_FP64", "TYPE_STRING", "TYPE_BF16"],
];

/**
 * Reads what a guest may ask of its configuration. A field that is missing has the server's default value.
 * @param json the configuration in the server's form
 * @throws StubError ERR_CONFIG_FIELD, which names the field
 */
export function guestConfig(json: string): GuestConfig {
  const config = object(JSON.parse(json));
  const parameters = Object.entries(object(config.parameters)).map(
    ([key, value]) => [key, text(object(value).string_value)] as const,
  );
  return {
    name: text(config.name),
    maxBatchSize: Number(integer("max_batch_size", config.max_batch_size ?? 0)),
    inputs: tensors("input", config.input),
    outputs: tensors("output", config.output),
    parameters: new Map(parameters),
  };
}

function tensors(field: string, value: unknown): ConfiguredTensor[] {
  return (Array.isArray(value) ? value : []).map((entry) => {
    const { name, data_type, dims } = object(entry);
    return {
      name: text(name),
      datatype: Math.max(0, DATATYPES.indexOf(text(data_type))),
      dims: (Array.isArray(dims) ? dims : []).map((dim) => integer(`${field}.dims`, dim)),
    };
  });
}

/** @param value a number, or the text with which protobuf writes one of 64 bits */
function integer(field: string, value: unknown): bigint {
  const digits = String(value);
  if (/^-?\d{1,19}$/.test(digits)) return BigInt(digits);
  throw new StubError(
    "ERR_CONFIG_FIELD",
    `${field} of the model configuration is '${shortened(digits)}': it must be a whole number`,
    { field },
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
