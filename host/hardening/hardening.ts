/** The operator's setting: `auto` applies the restrictions that the kernel offers, `required` refuses to run without all of them. */
export const HARDENING_MODES = ["auto", "off", "required"] as const;
export type HardeningMode = (typeof HARDENING_MODES)[number];

/** The restrictions of the operating system that the guard applied to this process. */
export interface Hardening {
  readonly mode: HardeningMode;
  /** Names of the applied restrictions, such as `seccomp`. */
  readonly restrictions: readonly string[];
  /** Restrictions that the kernel does not offer, with the reason. */
  readonly missing: readonly string[];
}

/** @returns the log line that lists the applied and the missing restrictions */
export function describeHardening({ mode, restrictions, missing }: Hardening): string {
  if (mode === "off") return "hardening: off";
  const lacking = missing.length === 0 ? "" : `; missing: ${missing.join(", ")}`;
  return `hardening: ${restrictions.join(", ") || "none"}${lacking}`;
}
