const DIGITS = /^\d{1,15}$/;

/** @returns the number in a text of decimal digits; undefined for other texts and for numbers out of range */
export function wholeNumberWithin(
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const value = DIGITS.test(text) ? Number(text) : -1;
  return value >= min && value <= max ? value : undefined;
}
