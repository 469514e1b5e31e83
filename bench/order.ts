/**
 * Turns for a fair comparison: over 2n indexes every item stands equally often in every place, and follows each of the
 * others about equally often. A B C, C A B, B C A, then the same backwards.
 */
export function orderAt<Item>(items: readonly Item[], index: number): Item[] {
  const count = items.length;
  const turn = index % count;
  const rotated = items.map((_, place) => items[(place + count - turn) % count]!);
  return Math.floor(index / count) % 2 === 0 ? rotated : rotated.reverse();
}
