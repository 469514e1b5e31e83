import { editDistance } from "../edit-distance.js";

/** All known names are shorter. Of a longer name, only the beginning is compared. */
const COMPARED_LENGTH = 64;

/** @returns the first of `names` that begins with `name`, otherwise the one with the smallest edit distance; the case of `name` is ignored */
export function nearestName(name: string, names: readonly string[]): string {
  const wanted = name.slice(0, COMPARED_LENGTH).toLowerCase();
  const longer = names.find((candidate) => candidate.startsWith(wanted));
  if (longer !== undefined) return longer;
  const distances = names.map((candidate) => editDistance(wanted, candidate));
  return names[distances.indexOf(Math.min(...distances))]!;
}
