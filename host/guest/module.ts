import { readFileSync, statSync } from "node:fs";
import { messageOf, StubError } from "../errors.js";
import { MODULE_MAX_BYTES } from "../limits.js";
import { ABI_EXPORTS, ABI_IMPORTS, ABI_NAMESPACE } from "./abi.js";
import { printable } from "./text.js";

/**
 * Reads, compiles and inspects a model's module.
 * @throws StubError ERR_MODEL_MISSING, ERR_MODEL_INVALID, ERR_GUEST_IMPORT, ERR_GUEST_EXPORT
 */
export function loadGuestModule(file: string): WebAssembly.Module {
  const bytes = readModel(file);
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(bytes);
  } catch (error) {
    throw new StubError(
      "ERR_MODEL_INVALID",
      `model file '${file}' is not a valid WebAssembly module: ${printable(messageOf(error))}`,
      { file },
      error,
    );
  }
  checkImports(module, file);
  checkExports(module, file);
  return module;
}

function readModel(file: string): Uint8Array<ArrayBuffer> {
  try {
    const { size } = statSync(file);
    if (size > MODULE_MAX_BYTES) {
      throw new StubError(
        "ERR_MODEL_INVALID",
        `model file '${file}' has ${size} bytes, above the limit of ${MODULE_MAX_BYTES}`,
        { file, size, limit: MODULE_MAX_BYTES },
      );
    }
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    if (error instanceof StubError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? messageOf(error);
    throw new StubError(
      "ERR_MODEL_MISSING",
      `model file '${file}' cannot be read (${code}): put the compiled WebAssembly module there, ` +
        "or set default_model_filename to its name",
      { file, reason: code },
      error,
    );
  }
}

function checkImports(module: WebAssembly.Module, file: string): void {
  const refused = WebAssembly.Module.imports(module).filter(
    ({ module: namespace, name, kind }) =>
      namespace !== ABI_NAMESPACE ||
      kind !== "function" ||
      !(ABI_IMPORTS as readonly string[]).includes(name),
  );
  if (refused.length === 0) return;
  const list = refused.map(({ module: namespace, name, kind }) => `${namespace}.${name} (${kind})`);
  throw new StubError(
    "ERR_GUEST_IMPORT",
    `model file '${file}' imports ${printable(list.join(", "))}, which this backend does not offer; ` +
      `allowed are the functions ${ABI_IMPORTS.join(", ")} of ${ABI_NAMESPACE}`,
    { file, refused: list },
  );
}

function checkExports(module: WebAssembly.Module, file: string): void {
  const kinds = new Map(
    WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind as string]),
  );
  const wanted: readonly (readonly [name: string, kind: string, optional: boolean])[] = [
    [ABI_EXPORTS.memory, "memory", false],
    [ABI_EXPORTS.execute, "function", false],
    [ABI_EXPORTS.initialize, "function", true],
    [ABI_EXPORTS.finalize, "function", true],
    [ABI_EXPORTS.reactor, "function", true],
  ];
  for (const [name, kind, optional] of wanted) {
    const actual = kinds.get(name);
    if (actual === kind || (optional && actual === undefined)) continue;
    throw new StubError(
      "ERR_GUEST_EXPORT",
      `model file '${file}' ${actual === undefined ? "lacks" : `exports as ${actual}, not as ${kind},`} ` +
        `the export '${name}' of the guest ABI ${ABI_NAMESPACE}`,
      { file, name, expected: kind, actual },
    );
  }
}
