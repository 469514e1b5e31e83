import { LEDGER_BLOCKS } from "../limits.js";
import { ledgerFull } from "./errors.js";

/**
 * The blocks of the region that the current command has constructed, and must drop when the server has read them. The ledger is in memory
 * that outlives an executor, so that the blocks of an executor that has died can be dropped.
 *
 * ```
 *  slot 0: number of handles     slots 1..n: handles (offsets below 4 GiB)
 * ```
 */
export class Ledger {
  private readonly slots: Uint32Array;

  /** @param slots 1 + {@link LEDGER_BLOCKS} numbers, initially 0 */
  constructor(slots: Uint32Array = new Uint32Array(1 + LEDGER_BLOCKS)) {
    this.slots = slots;
  }

  get count(): number {
    return this.slots[0]!;
  }

  /** @throws StubError ERR_REGION_FULL when one command holds more blocks than the ledger has slots */
  add(handle: number): void {
    const count = this.slots[0]!;
    if (count >= LEDGER_BLOCKS) throw ledgerFull();
    this.slots[1 + count] = handle;
    this.slots[0] = count + 1;
  }

  /** The handles behind the first `older`, the oldest first. */
  newerThan(older: number): number[] {
    return [...this.slots.subarray(1 + older, 1 + this.slots[0]!)].filter((handle) => handle !== 0);
  }

  /** The newest handle. */
  get last(): number {
    return this.slots[this.slots[0]!]!;
  }

  /** Removes the newest handle. */
  removeLast(): void {
    this.slots[0]! -= 1;
  }

  /**
   * Removes the newest entry of this handle, wherever it is. Its block stays allocated.
   * @returns false when the handle is not in the ledger
   */
  remove(handle: number): boolean {
    const { slots } = this;
    let count = slots[0]!;
    for (let slot = count; slot > 0; slot--) {
      if (slots[slot] !== handle) continue;
      if (slot === count) {
        do count -= 1;
        while (count > 0 && slots[count] === 0);
        slots[0] = count;
      } else slots[slot] = 0;
      return true;
    }
    return false;
  }

  /** Removes all but the first `keep` handles. Their blocks stay allocated. */
  forgetNewer(keep: number): void {
    this.slots[0] = Math.min(keep, this.slots[0]!);
  }

  /** @throws StubError ERR_REGION_FULL when there is no slot for one more */
  requireRoom(): void {
    if (this.slots[0]! >= LEDGER_BLOCKS) throw ledgerFull();
  }
}
