import { writeSync } from "node:fs";
import { LOG_LEVEL } from "../wire/datatypes.js";
import type { Connection } from "./connection.js";
import { Exchange } from "./exchange.js";

/** Something that takes lines for the server's log. @param level of `LOG_LEVEL` */
export interface Logger {
  log(level: number, message: string): void;
}

const SEVERITY = { [LOG_LEVEL.warning]: "W", [LOG_LEVEL.error]: "E" } as Record<number, string>;

/** Writes lines in the server's own form to the standard error that the server shares with its stubs. */
export class StderrLogger implements Logger {
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  log(level: number, message: string): void {
    const now = new Date();
    const month = String(now.getUTCMonth() + 1).padStart(2, "0");
    const day = String(now.getUTCDate()).padStart(2, "0");
    const time = `${now.toISOString().slice(11, 23)}000`;
    const severity = SEVERITY[level] ?? "I";
    writeSync(
      2,
      `${severity}${month}${day} ${time} ${process.pid} triton_wasm_stub] ${this.name}: ${message}\n`,
    );
  }
}

/** Sends lines to the server's logger over the side channel; the server drops verbose ones when it is not verbose. */
export class ServerLogger implements Logger {
  private readonly connection: Connection;
  private readonly name: string;

  constructor(connection: Connection, name: string) {
    this.connection = connection;
    this.name = name;
  }

  log(level: number, message: string): void {
    const { heap, dialect, region, side } = this.connection;
    const kept = heap.ledger.count;
    const { args, request } = heap.locked(() => {
      const args = dialect.log.encodeLocked(heap, level, this.name, 0, message);
      return {
        args,
        request: dialect.message.encodeLocked(heap, dialect.commands.logRequest, args),
      };
    });
    side.run(Exchange.ofRecord(region, request, args, dialect.log.fields).prepare());
    heap.dropNewer(kept);
  }
}
