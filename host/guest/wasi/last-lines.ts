import { LAST_LINE_MAX_LENGTH, LAST_LINES_MAX } from "../../limits.js";

/** The last lines that a guest wrote to standard error. Language runtimes write the reason there before they trap. */
export class LastLines {
  private lines: string[] = [];

  add(line: string): void {
    if (line.trim() === "") return;
    this.lines.push(line.slice(0, LAST_LINE_MAX_LENGTH));
    if (this.lines.length > LAST_LINES_MAX) this.lines.shift();
  }

  forget(): void {
    this.lines = [];
  }

  /** @returns undefined when there are none */
  describe(): string | undefined {
    const { lines } = this;
    if (lines.length === 0) return undefined;
    const what = lines.length === 1 ? "its last line" : `its last ${lines.length} lines`;
    return `${what} on standard error: ${lines.join(" | ")}`;
  }
}
