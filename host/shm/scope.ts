import type { Ledger } from "./ledger.js";

/** What drops the blocks of a scope: the heap. */
export interface BlockOwner {
  readonly ledger: Ledger;
  dropNewer(keep: number): void;
  dropNewerLocked(keep: number): void;
}

/**
 * The blocks that have been constructed since it was opened. Scopes lie in each other: the one that was opened last is the first to end, and
 * one that ends takes those with it that were opened within it and not ended, for instance because of an error.
 *
 * ```
 *  ledger:  | b | b | b | b | b |
 *            ^ a command  ^ an exchange of it
 * ```
 */
export class Scope {
  private readonly heap: BlockOwner;
  /** Blocks in the ledger that are older. */
  private readonly older: number;

  constructor(heap: BlockOwner, older: number) {
    this.heap = heap;
    this.older = older;
  }

  /** Drops one reference of each block, newest first: those that nobody holds any more are free. */
  close(): void {
    this.heap.dropNewer(this.older);
  }

  /** {@link close} under the pool mutex. */
  closeLocked(): void {
    this.heap.dropNewerLocked(this.older);
  }

  /** Hands the blocks over to whatever names them: they stay allocated, also when this process dies. */
  keep(): void {
    this.heap.ledger.forgetNewer(this.older);
  }
}
