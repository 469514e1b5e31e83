/** What V8 tells of an import or export when types are reflected. */
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
};

/**
 * Imports and exports as V8 reads them, in the terms of our inspector.
 * Wants `--experimental-wasm-type-reflection`, which works at run time, too.
 */
export function engineFacts(bytes: Uint8Array<ArrayBuffer>) {
  const module = new WebAssembly.Module(bytes);
  return {
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
  };
}

function signatureOf({ parameters, results }: NonNullable<Descriptor["type"]>): string {
  return `${letters(parameters)}->${letters(results)}`;
}

function letters(types: readonly string[]): string {
  return types.map((type) => LETTERS[type] ?? `<${type}>`).join("");
}
