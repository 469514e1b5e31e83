// Compiles the AssemblyScript of this repository: the core, and the models. One process compiles all of it: the compiler itself takes most of the
// time of a small program when it starts.
import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import asc from "assemblyscript/asc";

/** Command lines of the compiler, without its name. */
const COMPILATIONS = [
  ["assembly/core/index.ts", "--target", "core"],
  ["assembly/core/parent.ts", "--target", "core.parent"],
  model("assembly/models/identity/index.ts", "assembly/models/identity", "dist/wasm/identity.wasm"),
  ...exampleFolders().map((folder) =>
    model(`${folder}/model.ts`, folder, `${folder}/1/model.wasm`),
  ),
  // The models of the tests that compare the SDKs.
  ...["test/guest/sdks", "test/guest/sdks/calls", "test/guest/sdks/contract"].map((folder) =>
    model(
      `${folder}/assemblyscript/model.ts`,
      `${folder}/assemblyscript`,
      `dist/${folder}/assemblyscript.wasm`,
    ),
  ),
];

function model(source, folder, output) {
  return [source, "--config", `${folder}/asconfig.json`, "--outFile", output];
}

/** The folders of the examples that have a `model.ts`: `examples/<repository>/<model>`. */
function exampleFolders() {
  return readdirSync("examples", { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(`examples/${name}`).map((entry) => `examples/${name}/${entry}`),
    )
    .filter((folder) => existsSync(`${folder}/model.ts`));
}

mkdirSync("dist/wasm", { recursive: true });
for (const args of COMPILATIONS) {
  const { error } = await asc.main(args, { stdout: process.stdout, stderr: process.stderr });
  if (error) {
    process.stderr.write(`The compilation of ${args[0]} failed.\n`);
    process.exit(1);
  }
}
mkdirSync("examples/models/identity/1", { recursive: true });
copyFileSync("dist/wasm/identity.wasm", "examples/models/identity/1/model.wasm");
