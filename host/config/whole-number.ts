const DIGITS = /^\d{1,15}$/;

/** @returns the number that a text of decimal digits says; undefined for other texts, and outside of the range */
export function wholeNumberWithin(
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const value = DIGITS.test(text) ? Number(text) : -1;
  return value >= min && value <= max ? value : undefined;
}
