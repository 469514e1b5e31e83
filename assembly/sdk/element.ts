import { Datatype } from "./datatype";

/** The datatype for numbers of type T, such as FP32 for f32. */
export function datatypeOf<T>(): i32 {
  if (isFloat<T>()) return sizeof<T>() == 4 ? Datatype.Fp32 : Datatype.Fp64;
  if (isBoolean<T>()) return Datatype.Bool;
  // The datatypes of integers with 1, 2, 4 and 8 bytes have consecutive numbers.
  return (isSigned<T>() ? Datatype.Int8 : Datatype.Uint8) + <i32>ctz(sizeof<T>());
}

/** Whether elements of the datatype can be read as numbers of type T. */
export function holds<T>(datatype: i32): bool {
  if (datatype == datatypeOf<T>()) return true;
  if (isFloat<T>() || isBoolean<T>() || isSigned<T>()) return false;
  if (sizeof<T>() == 1) return datatype == Datatype.Bool || datatype == Datatype.Bytes;
  return sizeof<T>() == 2 && (datatype == Datatype.Fp16 || datatype == Datatype.Bf16);
}
