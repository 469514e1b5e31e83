import type { Handle } from "../../../host/numbers.js";
import type { StreamAnswers } from "../../../host/stub/batch/batch-streams.js";
import { KEPT_FIRST, type OpenRequest } from "../../../host/stub/batch/open-request.js";
import { BatchProgress } from "../../../host/stub/shared/batch-progress.js";
import { OPEN_STATE } from "../../../host/stub/shared/mapping-table.js";
import { type OpenSlot, OpenSlots } from "../../../host/stub/shared/open-slots.js";
import type { Server } from "../../support/region/batch-server.js";
import type { ReadResponse } from "../../support/region/response-reader.js";

/** Programs name the requests that the guest keeps by these handles, in the order in which it keeps them. */
export const HANDLES = [KEPT_FIRST, KEPT_FIRST + 1, KEPT_FIRST + 2];

/** Functions whose first argument is a request. */
const OF_REQUESTS = /^(request_(?!count)|input_|output_|response_)/;

/** The server's end of the responses that a guest sends itself: reads each at once. */
export class Streams implements StreamAnswers {
  isDecoupled = false;
  /** The last response that was sent: undefined for the last flag alone. */
  response: ReadResponse | undefined;
  private readonly server: Server;
  private readonly slots: OpenSlots;
  private handles: { readonly handle: number; readonly request: number }[] = [];

  constructor(server: Server) {
    this.server = server;
    this.slots = new OpenSlots(server.mapping, new BatchProgress(server.mapping));
    server.batch.streams = this;
    server.batch.rate.maxResponses = Number.POSITIVE_INFINITY;
    server.batch.rate.maxBytes = Number.POSITIVE_INFINITY;
  }

  begin(isDecoupled: boolean): void {
    this.isDecoupled = isDecoupled;
    this.handles = [];
  }

  /** As when the batch has failed. */
  end(): void {
    this.server.batch.abandon();
    for (const slot of [...this.slots.used]) this.release(slot);
  }

  respond(_open: OpenRequest, _isLast: boolean, encodeLocked: (() => Handle) | undefined): boolean {
    const { heap } = this.server.endpoint;
    this.response =
      encodeLocked === undefined ? undefined : this.server.read(heap.locked(encodeLocked));
    return true;
  }

  awaitLeaving(): void {}

  keep(open: OpenRequest): OpenSlot {
    return this.slots.take(open.addressesIn(this.server.endpoint).responseFactory);
  }

  /** The client of the second request has gone. */
  isCancelled({ index }: OpenRequest): boolean {
    return index === 1;
  }

  release(slot: OpenSlot): void {
    slot.state.value = OPEN_STATE.free;
    this.slots.release(slot);
  }

  /** A program's arguments as the guest passes them. */
  passed(name: string, args: readonly (number | bigint)[]): (number | bigint)[] {
    const [first, ...others] = args;
    const known = this.handles[HANDLES.indexOf(Number(first))];
    return OF_REQUESTS.test(name) && known !== undefined ? [known.handle, ...others] : [...args];
  }

  /** Passed arguments, with the index of the request in place of its handle. */
  indexed(name: string, args: readonly number[]): number[] {
    const known = this.handles.find(({ handle }) => handle === args[0]);
    return OF_REQUESTS.test(name) && known !== undefined
      ? [known.request, ...args.slice(1)]
      : [...args];
  }

  /** After `request_keep` has returned. */
  noteHandle(request: number, handle: number): void {
    if (this.handles.some((known) => known.handle === handle)) return;
    this.handles.push({ handle, request });
  }
}
