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
  /** Of {@link OPTIONS}, those that it takes. */
  readonly options: readonly string[];
  /** What its only argument is. */
  readonly argument: string;
  /** @returns the exit code @throws StubError */
  readonly run: (argument: string, options: Options) => number;
}
