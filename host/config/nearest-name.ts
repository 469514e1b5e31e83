/** All known names are shorter. Of a longer name, only the beginning is compared. */
const COMPARED_LENGTH = 64;

/** @returns the one of `names` with the smallest edit distance to `name`; the case of `name` is ignored */
export function nearestName(name: string, names: readonly string[]): string {
  const wanted = name.slice(0, COMPARED_LENGTH).toLowerCase();
  const distances = names.map((candidate) => editDistance(wanted, candidate));
  return names[distances.indexOf(Math.min(...distances))]!;
}

/** The Levenshtein distance: number of letters to insert, remove or replace. */
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
