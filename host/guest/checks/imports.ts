import { StubError } from "../../errors.js";
import { shortened } from "../../text.js";
import type { ImportFacts, ModuleFacts } from "../inspect/facts.js";
import { importHint, OFFERED } from "./import-hints.js";
import { signatureText } from "./signature-text.js";

/** Number of imports that an error names; it counts the others. */
const IMPORTS_SHOWN = 3;
const NAME_SHOWN_LENGTH = 32;

/** @throws StubError ERR_GUEST_IMPORT, which names the first refused imports and what to do about them */
export function checkImports({ imports }: ModuleFacts): void {
  const refused = imports.filter(
    ({ module, name, signature }) => typeOffered(module, name) !== signature,
  );
  if (refused.length === 0) return;
  const shown = refused.slice(0, IMPORTS_SHOWN).map(described);
  const more = refused.length - shown.length;
  const list = `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  throw new StubError(
    "ERR_GUEST_IMPORT",
    `the module imports ${list}, which this backend does not offer: ${importHint(refused)}`,
    { refused: shown, count: refused.length },
  );
}

/** The name of an import, with both types if only the types differ. */
function described({ module, name, signature }: ImportFacts): string {
  const title = `${shortened(module, NAME_SHOWN_LENGTH)}.${shortened(name, NAME_SHOWN_LENGTH)}`;
  const offered = typeOffered(module, name);
  if (offered === undefined) return title;
  return `${title} as ${signatureText(signature)} instead of ${signatureText(offered)}`;
}

function typeOffered(module: string, name: string): string | undefined {
  const functions = OFFERED.get(module) ?? {};
  return Object.hasOwn(functions, name) ? functions[name] : undefined;
}
