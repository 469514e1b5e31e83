import { OPEN_REQUESTS_MAX } from "../../limits.js";
import type { BatchProgress } from "./batch-progress.js";
import type { Mapping, Word } from "./mapping.js";
import { OPEN_STATE, OPEN_WORDS } from "./mapping-table.js";

const STATE = 0;
const BATCH = 1;
const HELD = 2;
const SPARE = 3;
const FACTORY = 4;

/**
 * The note about a request that the guest keeps open. It outlives the executor.
 *
 * ```
 *  free -- kept --> open -- last response --> closed -- response factory given back --> free
 *                     '------ last response, and the server deletes the factory -------^
 * ```
 */
export class OpenSlot {
  readonly state: Word;
  private readonly mapping: Mapping;
  readonly place: number;

  /** @param place offset of the note in the mapping, in bytes */
  constructor(mapping: Mapping, place: number) {
    this.mapping = mapping;
    this.place = place;
    this.state = this.word(STATE);
  }

  /** Number of the batch in which the guest kept the request. */
  get batch(): number {
    return this.word(BATCH).value;
  }

  /** Handle of the list of held blocks; 0: none. */
  get held(): number {
    return this.word(HELD).value;
  }

  set held(list: number) {
    this.word(HELD).value = list;
  }

  /** Handle of a block that is freed when the region has no room for the error that ends the request; 0: none. */
  get spare(): number {
    return this.word(SPARE).value;
  }

  set spare(block: number) {
    this.word(SPARE).value = block;
  }

  /** Whether nothing of a request is noted. */
  get isFree(): boolean {
    return this.state.value === OPEN_STATE.free && this.held === 0 && this.spare === 0;
  }

  /** Address of the response factory in the server. */
  get factory(): bigint {
    return BigInt(this.word(FACTORY).value) | (BigInt(this.word(FACTORY + 1).value) << 32n);
  }

  open(batch: number, factory: bigint): void {
    this.word(BATCH).value = batch;
    this.word(FACTORY).value = Number(factory & 0xffff_ffffn);
    this.word(FACTORY + 1).value = Number(factory >> 32n);
    this.state.value = OPEN_STATE.open;
  }

  private word(index: number): Word {
    return this.mapping.wordAt(this.place + 4 * index);
  }
}

/** The notes about all requests that the guest keeps open. */
export class OpenSlots {
  private readonly mapping: Mapping;
  private readonly progress: BatchProgress;
  private readonly inUse = new Set<OpenSlot>();
  private readonly free: number[] = [];
  private readonly begin: number;

  /** Reads the notes that an executor has left. */
  constructor(mapping: Mapping, progress: BatchProgress) {
    this.mapping = mapping;
    this.progress = progress;
    this.begin = mapping.indexOf("open_requests") * 4;
    // Each executor reads all notes when it starts: an OpenSlot for each of them would take some milliseconds.
    const notes = mapping.uint32s("open_requests");
    for (let index = OPEN_REQUESTS_MAX.max - 1; index >= 0; index--) {
      const at = index * OPEN_WORDS;
      const isHolding = notes[at + HELD] !== 0 || notes[at + SPARE] !== 0;
      if (notes[at + STATE] === OPEN_STATE.free && !isHolding) this.free.push(index);
      else this.inUse.add(this.slotAt(index));
    }
  }

  /** The slots that are in use: those of an earlier executor, then those of this one in the order in which they were taken. */
  get used(): ReadonlySet<OpenSlot> {
    return this.inUse;
  }

  /** Notes a request of the current batch. {@link OPEN_REQUESTS_MAX} is the largest number of requests at a time. */
  take(factory: bigint): OpenSlot {
    const slot = this.slotAt(this.free.pop()!);
    slot.open(this.progress.current, factory);
    this.inUse.add(slot);
    return slot;
  }

  /** The state of the slot is `free`, and it holds no blocks. */
  release(slot: OpenSlot): void {
    if (this.inUse.delete(slot)) this.free.push(this.indexOf(slot));
  }

  /** Whether the request is part of a batch that the server has no answer to, or that has failed: it has no life of its own then. */
  isOfBatch(slot: OpenSlot): boolean {
    return slot.batch === this.progress.current && !this.progress.hasSucceeded;
  }

  /** Whether a request with a life of its own has this response factory. */
  hasFactory(factory: bigint): boolean {
    for (const slot of this.inUse) {
      if (slot.factory !== factory || slot.state.value === OPEN_STATE.free) continue;
      if (!this.isOfBatch(slot)) return true;
    }
    return false;
  }

  private slotAt(index: number): OpenSlot {
    return new OpenSlot(this.mapping, this.begin + 4 * OPEN_WORDS * index);
  }

  private indexOf({ place }: OpenSlot): number {
    return (place - this.begin) / (4 * OPEN_WORDS);
  }
}
