import { TRAP_FRAMES_MAX, TRAP_NAME_MAX_LENGTH } from "../limits.js";
import type { ModuleFacts } from "./inspect/facts.js";
import type { GuestModule } from "./module.js";

/** Separates a function from its caller. */
const CALLED_BY = " < ";
const CUT_OFF = "…";

/**
 * Names that need no quotes: without blanks, brackets, quotes and single colons. Other names could be mistaken for the text around them.
 */
const PLAIN_NAME = /^[\w$.@~-]+(?:::[\w$.@~-]+)*$/;

/**
 * Lists the functions of a guest on the stack of an error, innermost first: "inner < outer". A function that the module's name section
 * does not name is shown by its export or its index, with the offset in the module's file: "function 17:0x1a2b".
 * @returns undefined when the error has no frames of the guest
 */
export function describeFrames(error: Error, guest: GuestModule): string | undefined {
  const sites = callSites(error);
  const frames = sites.filter(isWasm);
  if (frames.length === 0) return undefined;
  const shown = frames.slice(0, TRAP_FRAMES_MAX).map((site) => describe(site, guest));
  // The stack is complete if its outermost frame belongs to the host.
  const isWhole = shown.length === frames.length && sites.at(-1) !== frames.at(-1);
  return [...shown, ...(isWhole ? [] : [CUT_OFF])].join(CALLED_BY);
}

/** The frames of an error whose `stack` was not read yet. The text of `stack` is not used: the name of a function can forge it. */
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

/** For a WebAssembly frame, V8 returns the index of the function instead of the function. */
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

/** Quotes a name, if necessary, so that it cannot be mistaken for the text around it. */
function quoted(name: string): string {
  const cut =
    name.length > TRAP_NAME_MAX_LENGTH ? `${name.slice(0, TRAP_NAME_MAX_LENGTH)}${CUT_OFF}` : name;
  return PLAIN_NAME.test(cut) ? cut : `"${cut.replace(/["\\]/g, "\\$&")}"`;
}
