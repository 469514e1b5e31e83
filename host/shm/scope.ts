import type { Handle } from "../numbers.js";
import type { Ledger } from "./ledger.js";

/** The part of the heap that a scope uses. */
export interface BlockOwner {
  readonly ledger: Ledger;
  dropNewer(keep: number): void;
  dropNewerLocked(keep: number): void;
}

/**
 * The blocks that were constructed since the scope was opened. Scopes are nested: the last one that was opened ends first. A scope that
 * ends also ends the inner scopes that are still open, for instance after an error.
 *
 * ```
 *  ledger:  | b | b | b | b | b |
 *            ^ a command  ^ an exchange of it
 * ```
 */
export class Scope {
  private readonly heap: BlockOwner;
  /** Number of older blocks in the ledger. */
  private readonly older: number;

  constructor(heap: BlockOwner, older: number) {
    this.heap = heap;
    this.older = older;
  }

  /** Drops one reference of each block, the newest first. A block without references is freed. */
  close(): void {
    this.heap.dropNewer(this.older);
  }

  /** As {@link close}; the caller holds the pool mutex. */
  closeLocked(): void {
    this.heap.dropNewerLocked(this.older);
  }

  /** Ends the scope without dropping its blocks. They stay allocated, also when this process dies. @returns their handles */
  keep(): Handle[] {
    const { ledger } = this.heap;
    const handles = ledger.newerThan(this.older) as Handle[];
    ledger.forgetNewer(this.older);
    return handles;
  }
}
