import { writeSync } from "node:fs";
import { printableLogLine } from "../text.js";
import { LOG_LEVEL } from "../wire/datatypes.js";
import type { Logger } from "./logger.js";

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
      `${severity}${month}${day} ${time} ${process.pid} triton_wasm_stub] ${printableLogLine(`${this.name}: ${message}`)}\n`,
    );
  }
}
