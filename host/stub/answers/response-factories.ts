import { sendCleanup } from "../../channel/cleanup.js";
import type { Endpoint } from "../../channel/endpoint.js";
import type { RequestAddresses } from "../../wire/records/request.js";
import type { FactoryList } from "../shared/factory-list.js";
import type { Journal } from "../shared/journal.js";
import type { OpenSlots } from "../shared/open-slots.js";

/**
 * The response factories that the server makes for requests, and that the stub must give back. Who deletes them (docs/internals/protocol.md
 * 3.4):
 *
 * ```
 *  to 23.11         the server, with a final response
 *  23.12 to 24.09   the server, for a clean-up message of the stub
 *  from 24.10       the server, with a final response, and with a failed batch unless the answer says that some are deleted
 * ```
 */
export class ResponseFactories {
  private readonly endpoint: Endpoint;
  private readonly journal: Journal;
  private readonly list: FactoryList;
  private readonly slots: OpenSlots;
  private readonly areLeft: boolean;

  /** @param areLeft whether the server leaves the factories to the stub after a last response */
  constructor(
    endpoint: Endpoint,
    journal: Journal,
    list: FactoryList,
    slots: OpenSlots,
    areLeft: boolean,
  ) {
    this.endpoint = endpoint;
    this.journal = journal;
    this.list = list;
    this.slots = slots;
    this.areLeft = areLeft;
  }

  /** Notes the factories of these requests for {@link giveBack}, in place of all others. */
  keep(requests: readonly RequestAddresses[]): void {
    this.list.replace(requests.map(({ responseFactory }) => responseFactory));
  }

  /** As {@link keep}, but the note is valid as soon as the next push has happened. No other factory is noted. */
  expectKept(requests: readonly RequestAddresses[]): void {
    if (requests.length === 0) return;
    const count = this.list.write(requests.map(({ responseFactory }) => responseFactory));
    this.journal.expectFactories(count);
  }

  /** Lets the server delete all noted factories, but for those of requests that stay open. */
  giveBack(): void {
    if (this.command === undefined) return;
    for (;;) {
      const responseFactory = this.list.last;
      if (responseFactory === undefined) return;
      if (this.slots.hasFactory(responseFactory)) this.list.removeLast();
      else this.giveBackOne(responseFactory, () => this.journal.expectFactoryGone());
    }
  }

  /** Whether a factory must be given back after a last response. */
  get areGivenBack(): boolean {
    return this.areLeft && this.command !== undefined;
  }

  /**
   * Lets the server delete a factory.
   * @param expect notes in the journal what is true as soon as the message is in its queue
   */
  giveBackOne(responseFactory: bigint, expect: () => void): void {
    sendCleanup(this.endpoint, this.command!, responseFactory, expect);
  }

  private get command(): number | undefined {
    return this.endpoint.dialect.responseFactoryCleanup;
  }
}
