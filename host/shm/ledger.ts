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

  /** The newest handle. */
  get last(): number {
    return this.slots[this.slots[0]!]!;
  }

  /** Removes the newest handle. */
  removeLast(): void {
    this.slots[0]! -= 1;
  }

  /** The handles after the first `keep`. */
  newer(keep: number): number[] {
    return [...this.slots.subarray(1 + keep, 1 + this.slots[0]!)];
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
