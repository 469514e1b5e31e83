import type { Logger } from "../log/logger.js";
import { printableLogLine } from "../text.js";
import type { Connection } from "./connection.js";
import { Exchange } from "./exchange.js";

/** Sends lines to the server's logger over the side channel; the server drops verbose ones when it is not verbose. */
export class ServerLogger implements Logger {
  private readonly connection: Connection;
  private readonly name: string;

  constructor(connection: Connection, name: string) {
    this.connection = connection;
    this.name = name;
  }

  log(level: number, message: string): void {
    const { heap, writer, dialect, region, side } = this.connection;
    const kept = heap.ledger.count;
    const { args, request } = heap.locked(() => {
      const args = dialect.log.encodeLocked(writer, {
        level,
        file: this.name,
        line: 0,
        message: printableLogLine(message),
      });
      return {
        args,
        request: dialect.message.encodeLocked(writer, dialect.commands.logRequest, args),
      };
    });
    side.run(new Exchange(region, request, dialect.log.fields.of(args)).prepare());
    heap.dropNewer(kept);
  }
}
