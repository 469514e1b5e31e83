/** FP16 and BF16, which AssemblyScript holds as u16. Numbers are rounded to the nearest one, and to the even one of two. */

const SIGN: u32 = 0x80000000;
const F32_INFINITY: u32 = 0x7f800000;
const F16_INFINITY: u32 = 0x7c00;
/** 65,536, which FP16 cannot hold. */
const F16_TOO_LARGE: u32 = 0x47800000;
/** The smallest FP16 that is not subnormal. */
const F16_NORMAL_MIN: u32 = 0x38800000;
/** Half of the smallest FP16, which is rounded to zero. */
const F16_ROUNDS_TO_ZERO: u32 = 0x33000000;
/** The difference between the exponents of both formats, as FP32 has it. */
const EXPONENT_SHIFT: u32 = 112 << 23;
/** 2^-24, the smallest FP16. */
const F16_UNIT: u32 = 0x33800000;

/** The value of an FP16. */
export function f16ToF32(half: u16): f32 {
  const sign = ((<u32>half) << 16) & SIGN;
  const exponent = (<u32>half >> 10) & 0x1f;
  const fraction = <u32>half & 0x3ff;
  let bits = ((exponent << 23) | (fraction << 13)) + EXPONENT_SHIFT;
  if (exponent == 0x1f) {
    bits = F32_INFINITY | (fraction << 13) | (fraction == 0 ? 0 : 0x400000);
  } else if (exponent == 0) {
    bits = reinterpret<u32>(<f32>fraction * reinterpret<f32>(F16_UNIT));
  }
  return reinterpret<f32>(sign | bits);
}

/** The FP16 nearest to a value. */
export function f16FromF32(value: f32): u16 {
  const bits = reinterpret<u32>(value);
  const sign = (bits & SIGN) >> 16;
  const size = bits & ~SIGN;
  if (size > F32_INFINITY) return <u16>(sign | F16_INFINITY | 0x200 | ((size >> 13) & 0x3ff));
  if (size >= F16_TOO_LARGE) return <u16>(sign | F16_INFINITY);
  if (size >= F16_NORMAL_MIN) {
    const shifted = size - EXPONENT_SHIFT;
    return <u16>(sign | ((shifted + 0xfff + ((shifted >> 13) & 1)) >> 13));
  }
  return <u16>(sign | (size <= F16_ROUNDS_TO_ZERO ? 0 : subnormal(size)));
}

function subnormal(size: u32): u32 {
  const shift = 126 - (size >> 23);
  const fraction = (size & 0x7fffff) | 0x800000;
  const whole = fraction >> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half: u32 = 1 << (shift - 1);
  return whole + (rest > half || (rest == half && (whole & 1) == 1) ? 1 : 0);
}

/** The value of a BF16. */
export function bf16ToF32(half: u16): f32 {
  return reinterpret<f32>((<u32>half) << 16);
}

/** The BF16 nearest to a value. */
export function bf16FromF32(value: f32): u16 {
  const bits = reinterpret<u32>(value);
  if ((bits & ~SIGN) > F32_INFINITY) return <u16>((bits >> 16) | 0x40);
  return <u16>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}
