import type { Endpoint } from "../../channel/endpoint.js";
import { OPEN_SPARE_BYTES } from "../../limits.js";
import type { Handle } from "../../numbers.js";
import { CANNOT_GROW, isRegionFull } from "../../shm/errors.js";
import { HeldBlocks } from "../../shm/held-blocks.js";
import type { StreamAnswers } from "../batch/batch-streams.js";
import type { OpenRequest } from "../batch/open-request.js";
import type { BatchProgress } from "../shared/batch-progress.js";
import type { Journal } from "../shared/journal.js";
import { OPEN_STATE } from "../shared/mapping-table.js";
import type { OpenSlot, OpenSlots } from "../shared/open-slots.js";
import type { ResponseFactories } from "./response-factories.js";
import type { ResponseSender } from "./response-sender.js";

const NO_ROOM_TEXT = `${CANNOT_GROW}: the region has no room for the error of this request; enlarge /dev/shm, or reload the model`;
/** The spare block is an empty list with this capacity. */
const SPARE_ENTRIES = OPEN_SPARE_BYTES / 8;

export interface OpenRequestsOptions {
  readonly endpoint: Endpoint;
  readonly journal: Journal;
  readonly progress: BatchProgress;
  readonly slots: OpenSlots;
  readonly factories: ResponseFactories;
  readonly sender: ResponseSender;
}

/**
 * The responses that the guest sends by calls of its own, and the requests that stay open after their batch. The notes in the mapping let a
 * later executor end the requests of one that has died: each gets an error and the last flag, once, and its response factory is given back
 * once.
 */
export class OpenRequests implements StreamAnswers {
  readonly isDecoupled: boolean;
  private readonly endpoint: Endpoint;
  private readonly journal: Journal;
  private readonly progress: BatchProgress;
  private readonly slots: OpenSlots;
  private readonly factories: ResponseFactories;
  private readonly sender: ResponseSender;
  private readonly blocks: HeldBlocks;

  constructor({ endpoint, journal, progress, slots, factories, sender }: OpenRequestsOptions) {
    this.isDecoupled = endpoint.control.decoupled;
    this.endpoint = endpoint;
    this.journal = journal;
    this.progress = progress;
    this.slots = slots;
    this.factories = factories;
    this.sender = sender;
    this.blocks = new HeldBlocks(endpoint.heap);
  }

  respond(open: OpenRequest, isLast: boolean, encodeLocked: (() => Handle) | undefined): boolean {
    const { journal, progress } = this;
    const slot = open.kept?.slot;
    if (open.index < 0) {
      const sent = this.sendLater(slot!, isLast, encodeLocked);
      if (isLast) {
        this.release(slot!);
        this.settleClosed();
      }
      return sent;
    }
    const expect = () => {
      if (!isLast) return;
      progress.expectAnswered(journal, open.index);
      if (slot !== undefined) journal.expect(slot.state, OPEN_STATE.free);
    };
    const addresses = open.addressesIn(this.endpoint);
    const sent = this.sender.send({ addresses, isLast, encodeLocked, expect });
    if (isLast && slot !== undefined) this.release(slot);
    return sent;
  }

  awaitLeaving(): void {
    this.endpoint.side.awaitLeaving();
    this.sender.awaitLeaving();
  }

  keep(open: OpenRequest): OpenSlot {
    const { heap, dialect } = this.endpoint;
    const slot = this.slots.take(open.addressesIn(this.endpoint).responseFactory);
    const blocks = dialect.requests.blocksOf(open.record);
    try {
      heap.locked(() => {
        const list = this.blocks.makeLocked(blocks.length, (handle) => {
          slot.held = handle;
        });
        for (const block of blocks) this.blocks.holdLocked(list, block);
        this.blocks.makeLocked(SPARE_ENTRIES, (handle) => {
          slot.spare = handle;
        });
      });
    } catch (error) {
      slot.state.value = OPEN_STATE.free;
      this.release(slot);
      throw error;
    }
    return slot;
  }

  isCancelled(open: OpenRequest): boolean {
    const { dialect, writer, reader, heap, side } = this.endpoint;
    const { isCancelled, commands } = dialect;
    const addresses = open.addressesIn(this.endpoint);
    // The server ends if both are 0.
    if (addresses.request === 0n && addresses.responseFactory === 0n) return false;
    const scope = heap.scope();
    const { record, exchange } = this.endpoint.newExchange(
      commands.isRequestCancelled,
      isCancelled.fields,
      () => isCancelled.encodeLocked(writer, addresses),
    );
    let cancelled = false;
    side.run(exchange, () => {
      cancelled = isCancelled.readCancelled(reader, record);
    });
    scope.close();
    return cancelled;
  }

  /**
   * Ends a request with a life of its own by an error. Its blocks stay held until {@link release}. If the region has no room for the error,
   * the request's spare block makes room for a shorter one.
   */
  end(slot: OpenSlot, code: number, reason: string): void {
    const { dialect, writer, heap } = this.endpoint;
    const scope = heap.scope();
    const encode = (text: string) => dialect.response.encodeErrorLocked(writer, code, text);
    const sent = this.whenRoom(() => this.sendLater(slot, true, () => encode(reason)));
    if (sent === undefined) {
      this.sendLater(slot, true, () => {
        this.freeLocked(slot, "spare");
        return encode(NO_ROOM_TEXT);
      });
    }
    this.awaitLeaving();
    scope.close();
    this.settleClosed();
  }

  /** Ends all requests with a life of their own. */
  endAll(code: number, reason: string): void {
    for (const slot of [...this.slots.used]) {
      if (this.slots.isOfBatch(slot)) continue;
      if (slot.state.value === OPEN_STATE.open) this.end(slot, code, reason);
      this.release(slot);
    }
    this.settleClosed();
  }

  /** Gives back the response factories of requests that have their last response, and those that are left because the region had no room. */
  settleClosed(): void {
    for (const slot of [...this.slots.used]) {
      if (slot.state.value !== OPEN_STATE.closed) continue;
      const isGivenBack = this.whenRoom(() => {
        this.factories.giveBackOne(slot.factory, () =>
          this.journal.expect(slot.state, OPEN_STATE.free),
        );
        return true;
      });
      if (!isGivenBack) return;
      if (slot.isFree) this.slots.release(slot);
    }
  }

  /** The batch has failed, or is about to fail: the requests of it that the guest keeps are answered with it. */
  abandonBatch(): void {
    for (const slot of [...this.slots.used]) {
      if (!this.slots.isOfBatch(slot)) continue;
      slot.state.value = OPEN_STATE.free;
      this.release(slot);
    }
  }

  /** Sends a response to a request with a life of its own. */
  private sendLater(
    slot: OpenSlot,
    isLast: boolean,
    encodeLocked: (() => Handle) | undefined,
  ): boolean {
    const { closed, free } = OPEN_STATE;
    const after = this.factories.areGivenBack ? closed : free;
    const expect = () => {
      if (isLast) this.journal.expect(slot.state, after);
    };
    // The server has freed the request. It compares the address with those of the requests of a batch that fails, so a later request with
    // the same address would get no error.
    const addresses = { request: 0n, responseFactory: slot.factory };
    return this.sender.send({ addresses, isLast, encodeLocked, expect });
  }

  /** Runs a step that needs room in the region, and frees its blocks if there is not enough. @returns undefined then: nothing was sent */
  private whenRoom<Result>(step: () => Result): Result | undefined {
    const scope = this.endpoint.heap.scope();
    try {
      return step();
    } catch (error) {
      if (!isRegionFull(error)) throw error;
      scope.close();
      return undefined;
    }
  }

  /** Frees what is held for the request. Its note stays while its response factory must be given back. */
  release(slot: OpenSlot): void {
    this.endpoint.heap.locked(() => {
      this.freeLocked(slot, "held");
      this.freeLocked(slot, "spare");
    });
    if (slot.isFree) this.slots.release(slot);
  }

  private freeLocked(slot: OpenSlot, block: "held" | "spare"): void {
    const handle = slot[block];
    if (handle === 0) return;
    this.blocks.letGoLocked(handle as Handle, () => {
      slot[block] = 0;
    });
  }
}
