/** What a program does to a region, by the first byte of each step. */
export const OPERATION = {
  allocate: 0,
  allocateAligned: 1,
  freeHeld: 2,
  freeAnything: 3,
  grow: 4,
  find: 5,
  findOrConstruct: 6,
  inspect: 7,
  copy: 8,
  zero: 9,
  setLimit: 10,
  setWord: 11,
  aimWord: 12,
  flipBit: 13,
} as const;

export const OPERATIONS = Object.keys(OPERATION).length;

/** Names of objects: those that the golden regions have, and others. */
export const NAMES = [
  "shm_mutex",
  "total size",
  "a",
  "b",
  "new",
  "a longer one",
  "",
  "x".repeat(300),
];
