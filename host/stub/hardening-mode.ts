import { join } from "node:path";
import { StubError } from "../errors.js";
import { readOperatorFile } from "../operator-file.js";
import { HARDENING_MODES, type HardeningMode } from "../sandbox/hardening.js";

/** Set by the operator, never by a model. */
export const HARDENING_VARIABLE = "TRITON_WASM_HARDENING";
/** A file of this name in the backend's folder says the same; the variable overrules it. */
export const HARDENING_FILE = "hardening";

/**
 * Which walls the operator wants.
 * @throws StubError ERR_ENVIRONMENT for a word that is none of the modes
 */
export function hardeningMode(backendFolder: string): HardeningMode {
  const variable = process.env[HARDENING_VARIABLE];
  const file = join(backendFolder, HARDENING_FILE);
  const [text, source] = variable ? [variable, HARDENING_VARIABLE] : [readOperatorFile(file), file];
  if (text === undefined) return "auto";
  const mode = HARDENING_MODES.find((name) => name === text.trim());
  if (mode !== undefined) return mode;
  throw new StubError(
    "ERR_ENVIRONMENT",
    `${source} says '${text.trim()}': hardening is one of ${HARDENING_MODES.join(", ")}`,
    { source, text },
  );
}
