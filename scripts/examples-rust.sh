#!/usr/bin/env bash
# Builds the committed modules in Rust:
#   examples/<repository>/<model>/1/model.wasm  the examples
#   test/triton/messages/rust/model.wasm        a model that fails on purpose, for a test
#   test/guest/sdks/{,calls/,contract/}rust/model.wasm  models of the test that compares the SDKs
#
#   scripts/examples-rust.sh            builds all modules
#   scripts/examples-rust.sh --check    builds into a temporary folder, and fails when a committed module differs from the
#                                       result of the pinned compiler
#
# The compiler is Rust in this version:
#   rustup toolchain install 1.95.0 --target wasm32-unknown-unknown && rustup default 1.95.0
set -euo pipefail
cd "$(dirname "$0")/.."

rust=1.95.0
target=wasm32-unknown-unknown
models=(rust/{identity,add_sub,repeat,string_upper,token_stream,bls_sync,bls_async,bls_decoupled_sync,bls_decoupled_async} python_backend/batch_auto_complete processing/{top_k,image_classifier})

usage() {
  sed -n '2,/^set /{/^# \{0,1\}/s///p}' "$0" >&2
  exit 2
}

refuse() {
  echo "$1" >&2
  exit 1
}

case "$*" in
  "") check= ;;
  --check) check=1 ;;
  *) usage ;;
esac

command -v cargo > /dev/null && command -v rustc > /dev/null ||
  refuse "cargo is not installed: install Rust $rust, for example with https://rustup.rs"
version="$(rustc --version | cut -d ' ' -f 2)"
[ -z "$check" ] || [ "$version" = "$rust" ] ||
  refuse "--check needs Rust $rust, but this is Rust $version: run 'rustup default $rust'"
sysroot="$(rustc --print sysroot)"
[ -d "$sysroot/lib/rustlib/$target" ] ||
  refuse "Rust $version lacks the target $target: run 'rustup target add $target'"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# compile FOLDER CRATE MODULE
compile() {
  local crate="$work/$2"
  # Cargo uses the whole path of a crate outside of the folder in the names of functions, which determine their order in the module. So the
  # SDK is copied into the crate's folder.
  cp -r "$1" "$crate"
  cp -r sdk/rust "$crate/sdk"
  sed -i 's|"[./]*/sdk/rust"|"sdk"|' "$crate/Cargo.toml"
  # The texts of panics must not have paths of this machine.
  local flags=(
    -C target-feature=+simd128,+bulk-memory
    --remap-path-prefix "$crate=." --remap-path-prefix "${CARGO_HOME:-$HOME/.cargo}=cargo"
    --remap-path-prefix "$sysroot=rust"
  )
  (
    cd "$crate"
    # Unlike RUSTFLAGS, this variable accepts paths with spaces.
    CARGO_ENCODED_RUSTFLAGS="$(IFS=$'\x1f' && echo "${flags[*]}")" \
      cargo build --quiet --offline --release --target "$target" --target-dir "$work/target"
  )
  # Cargo sets the execute bits, which a module does not need.
  install -m 644 "$work/target/$target/release/$2.wasm" "$3"
}

# build FOLDER CRATE MODULE
build() {
  if [ -n "$check" ]; then
    compile "$1" "$2" "$work/$2.wasm"
    cmp "$3" "$work/$2.wasm" || differ=$((differ + 1))
  else
    mkdir -p "$(dirname "$3")"
    compile "$1" "$2" "$3"
  fi
}

differ=0
for model in "${models[@]}"; do
  build "examples/$model" "${model#*/}" "examples/$model/1/model.wasm"
done
build test/triton/messages/rust messages test/triton/messages/rust/model.wasm
build test/guest/sdks/rust limits test/guest/sdks/rust/model.wasm
build test/guest/sdks/contract/rust contract test/guest/sdks/contract/rust/model.wasm
build test/guest/sdks/calls/rust calls test/guest/sdks/calls/rust/model.wasm
[ -z "$check" ] && exit
echo "examples-rust: $differ committed modules differ from a build of their sources" >&2
[ "$differ" -eq 0 ]
