import { StubError } from "../../errors.js";
import { shortened } from "../../text.js";
import { ABI_EXPORTS, ABI_NAMESPACE } from "../abi.js";
import type { ExportFacts, ModuleFacts } from "../inspect/facts.js";
import { nearestNames } from "./nearest.js";
import { signatureText } from "./signature-text.js";

/** The allowed types of each export. The inspection checks the export of the memory. */
const EXPORT_TYPES: readonly (readonly [name: string, types: readonly string[]])[] = [
  [ABI_EXPORTS.execute, ["->i"]],
  [ABI_EXPORTS.poll, ["->i"]],
  [ABI_EXPORTS.isReady, ["->i"]],
  [ABI_EXPORTS.initialize, ["->i"]],
  [ABI_EXPORTS.autoComplete, ["->i"]],
  [ABI_EXPORTS.finalize, ["->", "->i"]],
  [ABI_EXPORTS.reactor, ["->"]],
];

/** Exports by which a program is recognised. */
const PROGRAM_EXPORTS = ["_start", "main", "__main_argc_argv", "__main_void", "run"];
const NAME_SHOWN_LENGTH = 48;
/** The host function that asks for a call of `triton_poll`. */
const ASKS = "poll_after";

/** @throws StubError ERR_GUEST_EXPORT */
export function checkExports({ exports, imports }: ModuleFacts): void {
  for (const [name, types] of EXPORT_TYPES) {
    const found = exports.find((entry) => entry.name === name);
    if (found === undefined) {
      if (name === ABI_EXPORTS.execute) throw missingExport(name, exports);
      continue;
    }
    if (found.signature !== undefined && types.includes(found.signature)) continue;
    const actual =
      found.signature === undefined
        ? `a ${found.kind}`
        : `a function ${signatureText(found.signature)}`;
    const expected = signatureText(types[0]!);
    throw new StubError(
      "ERR_GUEST_EXPORT",
      `the module exports '${name}' as ${actual}; the guest ABI ${ABI_NAMESPACE} requires a function ${expected}`,
      { name, expected, actual },
    );
  }
  const asksForPoll = imports.some(({ module, name }) => module === ABI_NAMESPACE && name === ASKS);
  if (asksForPoll && !exports.some(({ name }) => name === ABI_EXPORTS.poll)) throw neverPolled();
}

/** Without this error, the guest would wait for a call that never comes, and its requests would end at their deadline. */
function neverPolled(): StubError {
  const name = ABI_EXPORTS.poll;
  return new StubError(
    "ERR_GUEST_EXPORT",
    `the module calls '${ASKS}', but does not export the function that the host calls then: export '${name}' as a function () -> i32`,
    { name },
  );
}

function missingExport(name: string, exports: readonly ExportFacts[]): StubError {
  return new StubError(
    "ERR_GUEST_EXPORT",
    `the module lacks the export '${name}' of the guest ABI ${ABI_NAMESPACE}${missingExportHint(name, exports)}`,
    { name },
  );
}

function missingExportHint(name: string, exports: readonly ExportFacts[]): string {
  const functions = exports.filter(({ kind }) => kind === "function").map((entry) => entry.name);
  const near = nearestNames(name, functions)[0];
  if (near !== undefined) return `; it exports '${shortened(near, NAME_SHOWN_LENGTH)}': rename it`;
  const program = PROGRAM_EXPORTS.find((entry) => functions.includes(entry));
  if (program !== undefined) {
    return (
      `: it exports '${program}', so it is a program. Build a library that exports '${name}' ` +
      "(wasi-sdk: -mexec-model=reactor; clang: -nostartfiles -Wl,--no-entry; Rust: crate-type cdylib; Zig: -fno-entry; Go: -buildmode=c-shared)"
    );
  }
  return ': mark the function as exported (C: __attribute__((export_name("triton_execute"))); Rust: #[no_mangle] pub extern "C"; Zig and AssemblyScript: export)';
}
