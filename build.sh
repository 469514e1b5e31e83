#!/usr/bin/env bash
# Installs missing packages, compiles AssemblyScript and TypeScript, and writes
#   dist/wasm/                      core.wasm, identity.wasm; core.parent.wasm for tests
#   examples/<repository>/<model>/1/model.wasm   of the examples in AssemblyScript
#   dist/js/                        the compiled TypeScript
#   dist/npm/, dist/parts/          the files of the npm package
#   dist/backends/{wasm,identity}/  the folders for a tritonserver's backend directory
# It can run again at any time. It needs only Node >= 20 and npm.
set -euo pipefail
cd "$(dirname "$0")"

# npm writes node_modules/.package-lock.json last. If it is older than package-lock.json, the installation is out of date or incomplete.
if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --ignore-scripts --no-audit --no-fund
  touch node_modules/.package-lock.json
fi

node scripts/assembly.mjs
node_modules/.bin/tsc
node scripts/abi.mjs --check
node scripts/stack-probe.mjs --check
node scripts/native-headers.mjs --check
node scripts/package-backends.mjs
node scripts/package-npm.mjs
