/**
 * The order of the items at an index. Over 2n indexes every item has every place equally often, and follows each other item about equally
 * often: A B C, C A B, B C A, then the same orders reversed.
 */
export function orderAt<Item>(items: readonly Item[], index: number): Item[] {
  const count = items.length;
  const turn = index % count;
  const rotated = items.map((_, place) => items[(place + count - turn) % count]!);
  return Math.floor(index / count) % 2 === 0 ? rotated : rotated.reverse();
}
