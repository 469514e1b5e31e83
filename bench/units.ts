const KIB = 1024;
const MIB = 1024 * KIB;
const UNITS: Readonly<Record<string, number>> = { "": 1, B: 1, KIB, MIB };

/**
 * Parses "64", "64KiB" or "1 MiB" to bytes.
 * @throws RangeError when the result is not a multiple of the four bytes of an FP32
 */
export function parseBytes(text: string): number {
  const [, digits = "", unit = ""] = /^\s*(\d+)\s*([A-Za-z]*)\s*$/.exec(text) ?? [];
  const bytes = Number(digits) * (UNITS[unit.toUpperCase()] ?? Number.NaN);
  if (Number.isSafeInteger(bytes) && bytes > 0 && bytes % 4 === 0) return bytes;
  throw new RangeError(
    `"${text}" is not a tensor size: use a multiple of 4 bytes, for example 64, 64KiB or 1MiB`,
  );
}

/** 65536 as "64 KiB". */
export function formatBytes(bytes: number): string {
  if (bytes >= MIB) return `${significant(bytes / MIB)} MiB`;
  if (bytes >= KIB) return `${significant(bytes / KIB)} KiB`;
  return `${bytes} B`;
}

/** Three significant digits, at most two decimals, no exponent: 12963.2 as "12,963", 0.0273 as "0.03". */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(Number(value.toPrecision(3)).toFixed(2)));
}

/** A ratio with two decimals: "1.27". */
export function formatRatio(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : "-";
}
