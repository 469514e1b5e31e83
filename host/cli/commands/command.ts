import type { parseArgs } from "node:util";

/** The options of all commands. */
export const OPTIONS = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
  json: { type: "boolean" },
  limits: { type: "string" },
} as const;

export type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

export interface Command {
  /** The keys of {@link OPTIONS} that it accepts. */
  readonly options: readonly string[];
  /** Name of its only argument. */
  readonly argument: string;
  /**
   * @returns the exit code
   * @throws StubError
   */
  readonly run: (argument: string, options: Options) => number;
}
