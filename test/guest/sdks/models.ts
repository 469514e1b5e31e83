import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileGuestModule, type GuestModule } from "../../../host/guest/module.js";
import { projectFolder } from "../../support/paths.js";
import { CAPS } from "../../support/wasm/assemble.js";

const HERE = "test/guest/sdks";

type SdkModels = readonly (readonly [language: string, guest: GuestModule])[];

/**
 * The same model on each SDK. Those of C, Rust and Zig are committed (scripts/examples.sh, scripts/examples-rust.sh).
 * @param folder of the four, which ends in a slash
 */
export function sdkModels(folder = ""): SdkModels {
  return [
    ["AssemblyScript", compileGuestModule(compiledAssemblyScript(folder), CAPS)],
    ...["C", "Rust", "Zig"].map(
      (language) => [language, committed(folder + language.toLowerCase())] as const,
    ),
  ];
}

export const SDK_MODELS: SdkModels = sdkModels();

function committed(folder: string): GuestModule {
  return compileGuestModule(readFileSync(join(projectFolder(), HERE, folder, "model.wasm")), CAPS);
}

function compiledAssemblyScript(parent: string): Buffer {
  const root = projectFolder();
  const folder = mkdtempSync(join(tmpdir(), "sdk-model-"));
  const source = join(HERE, parent, "assemblyscript");
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
