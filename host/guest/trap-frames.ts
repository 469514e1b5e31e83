import { TRAP_FRAMES_MAX, TRAP_NAME_MAX_LENGTH } from "../limits.js";
import type { ModuleFacts } from "./inspect/facts.js";
import type { GuestModule } from "./module.js";

/** Stands between a function and its caller. */
const CALLED_BY = " < ";
const CUT_OFF = "…";

/** Names that need no quotes: no blank, no bracket, no quote and no single colon. All else could be taken for the text around it. */
const PLAIN_NAME = /^[\w$.@~-]+(?:::[\w$.@~-]+)*$/;

/**
 * The functions of a guest in which an error came up, innermost first: "inner < outer". One without a name in the module's
 * name section is shown by its export or its index, and by the place in the module's file: "function 17:0x1a2b".
 * @returns undefined when the error has no frames of the guest
 */
export function describeFrames(error: Error, guest: GuestModule): string | undefined {
  const sites = callSites(error);
  const frames = sites.filter(isWasm);
  if (frames.length === 0) return undefined;
  const shown = frames.slice(0, TRAP_FRAMES_MAX).map((site) => describe(site, guest));
  // The outermost frames of a whole stack are the host's.
  const isWhole = shown.length === frames.length && sites.at(-1) !== frames.at(-1);
  return [...shown, ...(isWhole ? [] : [CUT_OFF])].join(CALLED_BY);
}

/** The frames of an error whose `stack` nobody has read yet, as the engine keeps them: its text can be forged by a function's name. */
function callSites(error: Error): readonly NodeJS.CallSite[] {
  const former = Error.prepareStackTrace;
  let sites: readonly NodeJS.CallSite[] = [];
  Error.prepareStackTrace = (_error, found) => {
    sites = found;
    return String(error);
  };
  try {
    void error.stack;
  } finally {
    Error.prepareStackTrace = former;
  }
  return sites;
}

/** Of a function in WebAssembly V8 gives the index in the place of the function itself. */
function indexOf(site: NodeJS.CallSite): unknown {
  return site.getFunction();
}

function isWasm(site: NodeJS.CallSite): boolean {
  return typeof indexOf(site) === "number";
}

function describe(site: NodeJS.CallSite, { facts, codeShift }: GuestModule): string {
  const name = site.getFunctionName();
  if (name !== null && name !== "") return quoted(name);
  const index = indexOf(site) as number;
  const place = (site.getPosition() + codeShift).toString(16);
  return `${exportedName(facts, index) ?? `function ${index}`}:0x${place}`;
}

function exportedName({ exports }: ModuleFacts, index: number): string | undefined {
  const found = exports.find((entry) => entry.kind === "function" && entry.index === index);
  return found === undefined ? undefined : quoted(found.name);
}

/** A name that can be nothing but a name. */
function quoted(name: string): string {
  const cut =
    name.length > TRAP_NAME_MAX_LENGTH ? `${name.slice(0, TRAP_NAME_MAX_LENGTH)}${CUT_OFF}` : name;
  return PLAIN_NAME.test(cut) ? cut : `"${cut.replace(/["\\]/g, "\\$&")}"`;
}
