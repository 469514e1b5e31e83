import { printable } from "../../text.js";

/**
 * How bad something is that a check has found (docs/security.md):
 * `unsafe`: code or files outside of the sandbox are reached, or the server itself takes what the model asks for;
 * `unknown`: cannot be understood, and was not checked; `refused`: this backend would not load it;
 * `costly`: takes more than a model of defaults.
 */
export type Severity = "unsafe" | "unknown" | "refused" | "costly";

/** One thing that a check has found. */
export interface Finding {
  /** Name of the model's folder, or of a file beside such folders. */
  readonly model: string;
  readonly severity: Severity;
  /** A whole sentence. It quotes what the repository's author wrote. */
  readonly message: string;
}

/** Where findings of one model go. */
export class Report {
  readonly findings: Finding[] = [];

  constructor(readonly model: string) {}

  add(severity: Severity, message: string): void {
    this.findings.push({ model: this.model, severity, message });
  }
}

/** Whether it keeps a repository from being trusted. */
export function failsCheck({ severity }: Finding): boolean {
  return severity !== "costly";
}

/** A JSON array, also without the control characters that JSON leaves as they are. */
export function jsonOf(findings: readonly Finding[]): string {
  return JSON.stringify(findings, undefined, 2).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** One line without control characters, whatever the repository's author wrote. */
export function lineOf({ model, severity, message }: Finding): string {
  return printable(`${model}: ${severity}: ${message}`);
}
