import type { Endpoint } from "../../channel/endpoint.js";
import type { Handle } from "../../numbers.js";
import { HeldBlocks } from "../../shm/held-blocks.js";
import type { RequestAddresses } from "../../wire/records/request.js";
import type { StreamAnswers } from "../batch/batch-streams.js";
import type { OpenRequest } from "../batch/open-request.js";
import type { BatchProgress } from "../shared/batch-progress.js";
import type { Journal } from "../shared/journal.js";
import { OPEN_STATE } from "../shared/mapping-table.js";
import type { OpenSlot, OpenSlots } from "../shared/open-slots.js";
import type { ResponseFactories } from "./response-factories.js";
import type { ResponseSender } from "./response-sender.js";

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
      const sent = this.respondLater(slot!, isLast, encodeLocked);
      if (isLast) this.release(slot!);
      return sent;
    }
    const expect = () => {
      if (!isLast) return;
      progress.expectAnswered(journal, open.index);
      if (slot !== undefined) journal.expect(slot.state, OPEN_STATE.free);
    };
    const addresses = this.addressesOf(open);
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
    const slot = this.slots.take(this.addressesOf(open).responseFactory);
    const blocks = dialect.requests.blocksOf(open.record);
    try {
      heap.locked(() => {
        const list = this.blocks.makeLocked(blocks.length, (handle) => {
          slot.held = handle;
        });
        for (const block of blocks) this.blocks.holdLocked(list, block);
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
    const addresses = this.addressesOf(open);
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

  /** Ends a request with a life of its own by an error. Its blocks stay held until {@link release}. */
  end(slot: OpenSlot, code: number, reason: string): void {
    const { dialect, writer, heap } = this.endpoint;
    const scope = heap.scope();
    this.respondLater(slot, true, () => dialect.response.encodeErrorLocked(writer, code, reason));
    this.awaitLeaving();
    scope.close();
  }

  /** Ends all requests with a life of their own. */
  endAll(code: number, reason: string): void {
    for (const slot of [...this.slots.used]) {
      if (this.slots.isOfBatch(slot)) continue;
      if (slot.state.value === OPEN_STATE.open) this.end(slot, code, reason);
      else this.settle(slot);
      this.release(slot);
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

  private respondLater(
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
    const sent = this.sender.send({ addresses, isLast, encodeLocked, expect });
    if (isLast) this.settle(slot);
    return sent;
  }

  /** The request has its last response: gives back its response factory, if the server has not deleted it. */
  private settle(slot: OpenSlot): void {
    const { state, factory } = slot;
    if (state.value === OPEN_STATE.closed) {
      this.factories.giveBackOne(factory, () => this.journal.expect(state, OPEN_STATE.free));
    }
  }

  release(slot: OpenSlot): void {
    if (slot.held !== 0) {
      this.endpoint.heap.locked(() =>
        this.blocks.letGoLocked(slot.held as Handle, () => {
          slot.held = 0;
        }),
      );
    }
    this.slots.release(slot);
  }

  private addressesOf(open: OpenRequest): RequestAddresses {
    if (open.index < 0) return { request: 0n, responseFactory: open.kept!.slot.factory };
    const { dialect, reader } = this.endpoint;
    open.addresses ??= dialect.requests.addresses(reader, open.record);
    return open.addresses;
  }
}
