/** Numbers for the conversions of FP16 and BF16, and what they must give: found by search, not by the rules of the SDKs. */

const FRACTION_16 = 10;
const FRACTION_B = 7;
const BIAS_16 = 15;
const BIAS_B = 127;
const QUIET_NAN_SIGNS = [0, 0x8000];

const words = new Uint32Array(1);
const singles = new Float32Array(words.buffer);

function bitsOf(value: number): number {
  singles[0] = value;
  return words[0]!;
}

/** The value of a finite number without its sign. @param fraction bits of its fraction */
function sizeOf(half: number, fraction: number, bias: number): number {
  const exponent = half >> fraction;
  const part = half & (2 ** fraction - 1);
  const whole = exponent === 0 ? part : part + 2 ** fraction;
  return whole * 2 ** (Math.max(1, exponent) - bias - fraction);
}

/** The number nearest to a finite size, by bisection over all of them; of two, the even one. */
function nearest(size: number, fraction: number, bias: number, infinity: number): number {
  // One step beyond the largest finite number stands for infinity, as IEEE 754 rounds.
  let [low, high] = [0, infinity];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sizeOf(middle, fraction, bias) <= size) low = middle;
    else high = middle;
  }
  if (size >= sizeOf(infinity, fraction, bias)) return infinity;
  const [down, up] = [size - sizeOf(low, fraction, bias), sizeOf(high, fraction, bias) - size];
  if (down === up) return low % 2 === 0 ? low : high;
  return down < up ? low : high;
}

function half(value: number, fraction: number, bias: number, infinity: number): number {
  const bits = bitsOf(value);
  const sign = bits >>> 31 === 0 ? QUIET_NAN_SIGNS[0]! : QUIET_NAN_SIGNS[1]!;
  // A NaN keeps the highest bits of its fraction, and is quiet.
  if (Number.isNaN(value)) {
    const quiet = 1 << (fraction - 1);
    return sign | infinity | quiet | ((bits & 0x7fffff) >> (23 - fraction));
  }
  const size = Math.abs(value);
  return (
    sign | (size === Number.POSITIVE_INFINITY ? infinity : nearest(size, fraction, bias, infinity))
  );
}

/** The FP16 nearest to a value. */
export function f16Bits(value: number): number {
  return half(value, FRACTION_16, BIAS_16, 0x7c00);
}

/** The BF16 nearest to a value. */
export function bf16Bits(value: number): number {
  return half(value, FRACTION_B, BIAS_B, 0x7f80);
}

/** The bits of an FP16 as a single. */
export function f16Value(bits: number): number {
  const sign = bits & 0x8000 ? 0x80000000 : 0;
  const size = bits & 0x7fff;
  if (size > 0x7c00) return (sign | 0x7fc00000 | ((size & 0x3ff) << 13)) >>> 0;
  if (size === 0x7c00) return (sign | 0x7f800000) >>> 0;
  return (sign | bitsOf(sizeOf(size, FRACTION_16, BIAS_16))) >>> 0;
}

/** The bits of a BF16 as a single. */
export function bf16Value(bits: number): number {
  return (bits << 16) >>> 0;
}

/** Every FP16, the middles between them, and neighbours of those; limits of all formats; NaN. */
export const HALVES: Float32Array = numbers();

function numbers(): Float32Array {
  const list: number[] = [];
  for (let bits = 0; bits < 0x7c00; bits += 7) {
    const [low, high] = [bits, bits + 1].map((at) => sizeOf(at, FRACTION_16, BIAS_16));
    const middle = bitsOf((low! + high!) / 2);
    list.push(bitsOf(low!), middle - 1, middle, middle + 1);
  }
  for (const top of [0, 1, 0x7f, 0x80, 0x3f80, 0x7f7f, 0x7f80]) {
    for (const low of [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff]) list.push(top * 65_536 + low);
  }
  // The smallest subnormals of FP16 and what is rounded to them, and the largest numbers.
  for (const near of [0x33000000, 0x33800000, 0x33c00000, 0x387fffff, 0x38800000, 0x477ff000]) {
    list.push(near - 1, near, near + 1);
  }
  list.push(0x7fc00000, 0x7fc12345);
  const signed = list.flatMap((bits) => [bits, bits + 0x80000000]);
  return new Float32Array(Uint32Array.from(signed).buffer).filter(isKept);
}

/** A signalling NaN may become quiet on its way through JavaScript. */
function isKept(value: number): boolean {
  return !Number.isNaN(value) || (bitsOf(value) & 0x400000) !== 0;
}
