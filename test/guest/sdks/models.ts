import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileGuestModule, type GuestModule } from "../../../host/guest/module.js";
import { projectFolder } from "../../support/paths.js";
import { CAPS } from "../../support/wasm/assemble.js";

type SdkModels = readonly (readonly [language: string, guest: GuestModule])[];

/**
 * The same model on each SDK. Those of C, Rust and Zig are committed (scripts/examples.sh, scripts/examples-rust.sh). The build compiles that
 * of AssemblyScript (scripts/assembly.mjs).
 */
export const SDK_MODELS = compiledSdkModels("test/guest/sdks");

/** As {@link sdkModules}, compiled. */
export function compiledSdkModels(folder: string): SdkModels {
  return sdkModules(folder).map(([language, bytes]) => [language, compileGuestModule(bytes, CAPS)]);
}

/**
 * The bytes of a model that exists in each language.
 * @param folder with a folder for each language
 */
export function sdkModules(folder: string): (readonly [language: string, bytes: Buffer])[] {
  const root = projectFolder();
  const committed = (language: string) =>
    readFileSync(join(root, folder, language.toLowerCase(), "model.wasm"));
  return [
    ["AssemblyScript", readFileSync(join(root, "dist", folder, "assemblyscript.wasm"))],
    ...["C", "Rust", "Zig"].map((language) => [language, committed(language)] as const),
  ];
}
