import type { Logger } from "../log/logger.js";
import { printableLogLine } from "../text.js";
import type { Endpoint } from "./endpoint.js";
import { Exchange } from "./exchange.js";

/** Sends lines to the server's logger over the side channel. A server without verbose logging drops verbose lines. */
export class ServerLogger implements Logger {
  private readonly endpoint: Endpoint;
  private readonly name: string;

  constructor(endpoint: Endpoint, name: string) {
    this.endpoint = endpoint;
    this.name = name;
  }

  log(level: number, message: string): void {
    const { heap, writer, dialect, region, side } = this.endpoint;
    const scope = heap.scope();
    const { args, handle } = heap.locked(() => {
      const args = dialect.log.encodeLocked(writer, {
        level,
        file: this.name,
        line: 0,
        message: printableLogLine(message),
      });
      return {
        args,
        handle: dialect.message.encodeLocked(writer, dialect.commands.logRequest, args),
      };
    });
    side.run(new Exchange(region, handle, dialect.log.fields.of(args)).initLocks());
    scope.close();
  }
}
