/** Types of numbers and vectors. */
export const NUMBERS = [0x7f, 0x7e, 0x7d, 0x7c, 0x7b];

/** funcref and externref. */
export const REFERENCES = [0x70, 0x6f];

/** Of proposals that came later, or none at all. */
export const OTHER_TYPES = [
  0x6e, 0x6d, 0x6c, 0x6b, 0x6a, 0x69, 0x71, 0x72, 0x73, 0x74, 0x68, 0x67, 0x78, 0x40,
];

/** Names that one reader may take for another, or for none. */
export const NAMES = [
  "memory",
  "",
  "a",
  "é",
  "\u{1f600}",
  "\ufeffa",
  "\0",
  "constructor",
  "x".repeat(130),
];
