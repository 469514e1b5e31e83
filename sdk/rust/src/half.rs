//! FP16 and BF16, which Rust holds as `u16`. Numbers are rounded to the nearest one, and to the even one of two.

const SIGN: u32 = 0x8000_0000;
const F32_INFINITY: u32 = 0x7f80_0000;
const F16_INFINITY: u32 = 0x7c00;
/// 65,536, which FP16 cannot hold.
const F16_TOO_LARGE: u32 = 0x4780_0000;
/// The smallest FP16 that is not subnormal.
const F16_NORMAL_MIN: u32 = 0x3880_0000;
/// Half of the smallest FP16, which is rounded to zero.
const F16_ROUNDS_TO_ZERO: u32 = 0x3300_0000;
/// The difference between the exponents of both formats, as FP32 has it.
const EXPONENT_SHIFT: u32 = 112 << 23;

/// The value of an FP16.
pub fn f16_to_f32(half: u16) -> f32 {
    let half = u32::from(half);
    let sign = (half << 16) & SIGN;
    let (exponent, fraction) = ((half >> 10) & 0x1f, half & 0x3ff);
    let bits = match (exponent, fraction) {
        (0x1f, 0) => F32_INFINITY,
        (0x1f, _) => F32_INFINITY | 0x40_0000 | fraction << 13,
        // A subnormal is its fraction in units of 2^-24.
        (0, _) => (fraction as f32 * f32::from_bits(0x3380_0000)).to_bits(),
        _ => (exponent << 23 | fraction << 13) + EXPONENT_SHIFT,
    };
    f32::from_bits(sign | bits)
}

/// The FP16 nearest to a value.
pub fn f16_from_f32(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = (bits & SIGN) >> 16;
    let size = bits & !SIGN;
    let half = if size > F32_INFINITY {
        F16_INFINITY | 0x200 | (size >> 13) & 0x3ff
    } else if size >= F16_TOO_LARGE {
        F16_INFINITY
    } else if size >= F16_NORMAL_MIN {
        let shifted = size - EXPONENT_SHIFT;
        (shifted + 0xfff + ((shifted >> 13) & 1)) >> 13
    } else if size <= F16_ROUNDS_TO_ZERO {
        0
    } else {
        subnormal(size)
    };
    (sign | half) as u16
}

fn subnormal(size: u32) -> u32 {
    let shift = 126 - (size >> 23);
    let fraction = (size & 0x7f_ffff) | 0x80_0000;
    let whole = fraction >> shift;
    let (rest, half) = (fraction & ((1 << shift) - 1), 1 << (shift - 1));
    whole + u32::from(rest > half || (rest == half && whole & 1 == 1))
}

/// The value of a BF16.
pub fn bf16_to_f32(half: u16) -> f32 {
    f32::from_bits(u32::from(half) << 16)
}

/// The BF16 nearest to a value.
pub fn bf16_from_f32(value: f32) -> u16 {
    let bits = value.to_bits();
    if value.is_nan() {
        return (bits >> 16) as u16 | 0x40;
    }
    ((bits + 0x7fff + ((bits >> 16) & 1)) >> 16) as u16
}
