import type { Logger } from "../log/logger.js";
import { printableLogLine } from "../text.js";
import type { Endpoint } from "./endpoint.js";

/** Sends lines to the server's logger over the side channel. A server without verbose logging drops verbose lines. */
export class ServerLogger implements Logger {
  private readonly endpoint: Endpoint;
  private readonly name: string;

  constructor(endpoint: Endpoint, name: string) {
    this.endpoint = endpoint;
    this.name = name;
  }

  log(level: number, message: string): void {
    const { heap, writer, dialect, side } = this.endpoint;
    const { log, commands } = dialect;
    const scope = heap.scope();
    const { exchange } = this.endpoint.newExchange(commands.logRequest, log.fields, () =>
      log.encodeLocked(writer, {
        level,
        file: this.name,
        line: 0,
        message: printableLogLine(message),
      }),
    );
    side.run(exchange);
    scope.close();
  }
}
