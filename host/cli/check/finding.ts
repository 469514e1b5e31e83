import { printable } from "../../text.js";

/**
 * The severity of a finding (docs/security.md):
 * `unsafe`: the model reaches code or files outside of the sandbox, or makes the server itself allocate memory;
 * `unknown`: the check could not parse it, and did not check it; `refused`: this backend would not load it;
 * `costly`: it uses more resources than a model with default limits.
 */
export type Severity = "unsafe" | "unknown" | "refused" | "costly";

/** One finding of a check. */
export interface Finding {
  /** Name of the model's folder, or of a file next to the models. */
  readonly model: string;
  readonly severity: Severity;
  /** A sentence. It may quote text of the repository's author. */
  readonly message: string;
}

/** Collects the findings of one model. */
export class Report {
  readonly findings: Finding[] = [];

  constructor(readonly model: string) {}

  add(severity: Severity, message: string): void {
    this.findings.push({ model: this.model, severity, message });
  }
}

/** Whether the finding makes the check fail. */
export function failsCheck({ severity }: Finding): boolean {
  return severity !== "costly";
}

/** @returns a JSON array; control characters that JSON does not escape are escaped as well */
export function jsonOf(findings: readonly Finding[]): string {
  return JSON.stringify(findings, undefined, 2).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** @returns one line without control characters, whatever the repository's author wrote */
export function lineOf({ model, severity, message }: Finding): string {
  return printable(`${model}: ${severity}: ${message}`);
}
