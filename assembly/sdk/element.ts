import { Datatype } from "./datatype";

/** Whether elements of the datatype can be taken as numbers of type T. */
export function holds<T>(datatype: i32): bool {
  if (isFloat<T>()) return datatype == (sizeof<T>() == 4 ? Datatype.Fp32 : Datatype.Fp64);
  if (isBoolean<T>()) return datatype == Datatype.Bool;
  // The integers of 1, 2, 4 and 8 bytes follow each other.
  const exponent = <i32>ctz(sizeof<T>());
  if (isSigned<T>()) return datatype == Datatype.Int8 + exponent;
  if (datatype == Datatype.Uint8 + exponent) return true;
  if (sizeof<T>() == 1) return datatype == Datatype.Bool || datatype == Datatype.Bytes;
  return sizeof<T>() == 2 && (datatype == Datatype.Fp16 || datatype == Datatype.Bf16);
}
