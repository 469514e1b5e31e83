/** What the operator wants: `auto` takes what the kernel has, `required` refuses to run without a wall. */
export const HARDENING_MODES = ["auto", "off", "required"] as const;
export type HardeningMode = (typeof HARDENING_MODES)[number];

/** Which walls the guard has put up around this process. */
export interface Hardening {
  readonly mode: HardeningMode;
  readonly walls: readonly string[];
  /** Walls that the kernel does not have, with the reason. */
  readonly missing: readonly string[];
}

/** For the log: which walls stand. */
export function describeHardening({ mode, walls, missing }: Hardening): string {
  if (mode === "off") return "hardening: off";
  const lacking = missing.length === 0 ? "" : `; missing: ${missing.join(", ")}`;
  return `hardening: ${walls.join(", ") || "none"}${lacking}`;
}
