import { editDistance } from "../edit-distance.js";

/** All known names are shorter. Of a longer name, only the beginning is compared. */
const COMPARED_LENGTH = 64;

/** @returns the one of `names` with the smallest edit distance to `name`; the case of `name` is ignored */
export function nearestName(name: string, names: readonly string[]): string {
  const wanted = name.slice(0, COMPARED_LENGTH).toLowerCase();
  const distances = names.map((candidate) => editDistance(wanted, candidate));
  return names[distances.indexOf(Math.min(...distances))]!;
}
