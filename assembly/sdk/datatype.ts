import { Utf8 } from "./utf8";

/** Numbers of TRITONSERVER_DataType. */
export enum Datatype {
  Invalid = 0,
  Bool = 1,
  Uint8 = 2,
  Uint16 = 3,
  Uint32 = 4,
  Uint64 = 5,
  Int8 = 6,
  Int16 = 7,
  Int32 = 8,
  Int64 = 9,
  Fp16 = 10,
  Fp32 = 11,
  Fp64 = 12,
  Bytes = 13,
  Bf16 = 14,
}

const COUNT: i32 = 15;
const NAMES: StaticArray<string> = [
  "INVALID",
  "BOOL",
  "UINT8",
  "UINT16",
  "UINT32",
  "UINT64",
  "INT8",
  "INT16",
  "INT32",
  "INT64",
  "FP16",
  "FP32",
  "FP64",
  "BYTES",
  "BF16",
];
const ELEMENT_BYTES: StaticArray<u8> = [0, 1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 4, 8, 0, 2];
const CONFIG_PREFIX = "TYPE_";

/** Name of a datatype in requests, such as FP32. */
export function datatypeName(datatype: i32): string {
  return unchecked(NAMES[<u32>datatype < <u32>COUNT ? datatype : Datatype.Invalid]);
}

/** Size of one element in bytes; 0 for BYTES, whose elements have different sizes, and for an unknown datatype. */
export function elementBytes(datatype: i32): i32 {
  return unchecked(ELEMENT_BYTES[<u32>datatype < <u32>COUNT ? datatype : Datatype.Invalid]);
}

/** Converts a name in a configuration, such as TYPE_FP32; Datatype.Invalid for any other text. */
export function datatypeOfConfig(text: Utf8): i32 {
  if (!text.startsWith(CONFIG_PREFIX)) return Datatype.Invalid;
  const name = text.from(CONFIG_PREFIX.length);
  // The only datatype with a different name in configurations.
  if (name.is("STRING")) return Datatype.Bytes;
  let datatype = COUNT - 1;
  while (datatype > 0 && (datatype == Datatype.Bytes || !name.is(datatypeName(datatype))))
    datatype--;
  return datatype;
}
