import type { Endpoint } from "../../channel/endpoint.js";
import { Exchange } from "../../channel/exchange.js";
import type { RequestAddresses } from "../../wire/records/request.js";
import type { FactoryList } from "../shared/factory-list.js";
import type { Journal } from "../shared/journal.js";

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

  constructor(endpoint: Endpoint, journal: Journal, list: FactoryList) {
    this.endpoint = endpoint;
    this.journal = journal;
    this.list = list;
  }

  /** Notes the factories of these requests for {@link giveBack}, in place of all others. */
  keep(requests: readonly RequestAddresses[]): void {
    this.list.replace(requests.map(({ responseFactory }) => responseFactory));
  }

  /** Lets the server delete all noted factories. */
  giveBack(): void {
    const { dialect, heap, writer, region, side } = this.endpoint;
    const command = dialect.responseFactoryCleanup;
    if (command === undefined) return;
    for (;;) {
      const responseFactory = this.list.last;
      if (responseFactory === undefined) return;
      const scope = heap.scope();
      const exchange = heap.locked(() => {
        const args = dialect.cleanup.encodeLocked(writer, responseFactory);
        const { message, mutexAt, conditionAt } = dialect.message.encodeInlineLocked(
          writer,
          command,
          args,
        );
        const flagAt = dialect.cleanup.flagOf(args);
        return new Exchange(region, message, { mutexAt, conditionAt, flagAt });
      });
      exchange.initLocks();
      this.journal.expectFactoryGone();
      side.run(exchange);
      scope.close();
    }
  }
}
