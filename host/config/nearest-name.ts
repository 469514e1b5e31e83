/** Names are no longer than this; of a longer one the beginning is compared. */
const COMPARED_LENGTH = 64;

/** @returns the one of `names` that the fewest changed letters lead to from `name`, whose case does not count */
export function nearestName(name: string, names: readonly string[]): string {
  const wanted = name.slice(0, COMPARED_LENGTH).toLowerCase();
  const distances = names.map((candidate) => editDistance(wanted, candidate));
  return names[distances.indexOf(Math.min(...distances))]!;
}

/** Levenshtein's: letters inserted, left out or replaced. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
