import { editDistance } from "../../edit-distance.js";

/** Longer names are not compared: the work grows with the product of the lengths. */
const NAME_MAX_LENGTH = 64;
const NAMES_SHOWN = 3;

/** @returns the names that differ from `name` in few letters, nearest first; none differs in many more letters than the nearest one */
export function nearestNames(name: string, names: readonly string[]): readonly string[] {
  if (name.length < 3 || name.length > NAME_MAX_LENGTH) return [];
  const wanted = simplified(name);
  return names
    .map((candidate) => ({ candidate, distance: editDistance(wanted, simplified(candidate)) }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(wanted.length / 3)))
    .sort((one, other) => one.distance - other.distance)
    .filter(({ distance }, _i, [best]) => distance <= best!.distance + 1)
    .slice(0, NAMES_SHOWN)
    .map(({ candidate }) => candidate);
}

/** Removes what spellings of one name differ in: case and punctuation. */
function simplified(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
