import { setFlagsFromString } from "node:v8";
import type { ModuleFacts } from "../../../host/guest/inspect/facts.js";

/** What V8 reports about an import or export with type reflection. */
interface Descriptor {
  readonly module?: string;
  readonly name: string;
  readonly kind: string;
  readonly type?: {
    readonly parameters: readonly string[];
    readonly results: readonly string[];
    readonly minimum: number;
    readonly maximum?: number;
  };
}

const LETTERS: Readonly<Record<string, string>> = {
  i32: "i",
  i64: "I",
  f32: "f",
  f64: "F",
  v128: "v",
  funcref: "r",
  anyfunc: "r",
  externref: "r",
  exnref: "e",
};

/** Imports and exports as V8 reads them, in the terms of our inspector. */
export function engineFacts(bytes: Uint8Array<ArrayBuffer>) {
  const module = new WebAssembly.Module(bytes);
  return reflecting(() => ({
    imports: (WebAssembly.Module.imports(module) as Descriptor[]).map(
      ({ module: namespace, name, type }) => ({
        module: namespace,
        name,
        signature: signatureOf(type!),
      }),
    ),
    exports: (WebAssembly.Module.exports(module) as Descriptor[]).map(({ name, kind, type }) => {
      if (kind === "function") return { name, kind, signature: signatureOf(type!) };
      if (kind !== "memory" && kind !== "table") return { name, kind };
      return { name, kind, min: type!.minimum, max: type!.maximum };
    }),
  }));
}

/** V8 reports types and limits only with this flag. It can be set at run time, and applies to the whole process. */
function reflecting<T>(action: () => T): T {
  setFlagsFromString("--experimental-wasm-type-reflection");
  try {
    return action();
  } finally {
    setFlagsFromString("--no-experimental-wasm-type-reflection");
  }
}

/** The facts of our inspector that V8 reports as well. */
export function factsToCompare({ imports, exports, memory, tables }: ModuleFacts) {
  return {
    imports,
    exports: exports.map(({ name, kind, index, signature }) => {
      if (kind === "function") return { name, kind, signature };
      if (kind !== "memory" && kind !== "table") return { name, kind };
      const { min, max } = kind === "memory" ? memory : tables[index]!;
      return { name, kind, min, max };
    }),
  };
}

function signatureOf({ parameters, results }: NonNullable<Descriptor["type"]>): string {
  return `${letters(parameters)}->${letters(results)}`;
}

function letters(types: readonly string[]): string {
  return types.map((type) => LETTERS[type] ?? `<${type}>`).join("");
}
