import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileGuestModule, type GuestModule } from "../../../host/guest/module.js";
import { projectFolder } from "../../support/paths.js";
import { CAPS } from "../../support/wasm/assemble.js";

type SdkModels = readonly (readonly [language: string, guest: GuestModule])[];

/** The same model on each SDK. Those of C, Rust and Zig are committed (scripts/examples.sh, scripts/examples-rust.sh). */
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
  const committed = (language: string) =>
    readFileSync(join(projectFolder(), folder, language.toLowerCase(), "model.wasm"));
  return [
    ["AssemblyScript", compiledAssemblyScript(join(folder, "assemblyscript"))],
    ...["C", "Rust", "Zig"].map((language) => [language, committed(language)] as const),
  ];
}

function compiledAssemblyScript(source: string): Buffer {
  const root = projectFolder();
  const folder = mkdtempSync(join(tmpdir(), "sdk-model-"));
  const outFile = join(folder, "model.wasm");
  try {
    execFileSync(
      join(root, "node_modules/.bin/asc"),
      [join(source, "model.ts"), "--config", join(source, "asconfig.json"), "--outFile", outFile],
      { cwd: root },
    );
    return readFileSync(outFile);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
