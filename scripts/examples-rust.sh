#!/usr/bin/env bash
# Builds the examples in Rust: examples/rust/<model>/1/model.wasm, which are committed.
#
#   scripts/examples-rust.sh            builds all
#   scripts/examples-rust.sh --check    builds into a temporary folder; fails when a committed module differs from what its
#                                       source makes by the compiler below
#
# It needs cargo with the target: rustup toolchain install 1.95.0 --target wasm32-unknown-unknown
set -euo pipefail
cd "$(dirname "$0")/.."

compiler=1.95.0
models=(identity add_sub string_upper)

case "$*" in
  "") check= ;;
  --check) check=1 ;;
  *) sed -n '2,/^set /{/^# \{0,1\}/s///p}' "$0" >&2; exit 2 ;;
esac
command -v cargo > /dev/null || { echo "there is no cargo: install Rust $compiler by rustup" >&2; exit 1; }
sysroot="$(rustc --print sysroot)"
[ -d "$sysroot/lib/rustlib/wasm32-unknown-unknown" ] ||
  { echo "rustc lacks the target: rustup target add wasm32-unknown-unknown" >&2; exit 1; }
version="$(rustc --version | cut -d ' ' -f 2)"
if [ -n "$check" ] && [ "$version" != "$compiler" ]; then
  echo "rustc is $version, the committed modules were made by $compiler: no comparison is possible" >&2
  exit 1
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# Names inside of a module depend on where a crate lies in its workspace: this one is the same on every machine.
mkdir -p "$work/sdk" "$work/examples"
cp -r sdk/rust "$work/sdk/rust"
cp -r examples/rust "$work/examples/rust"
{
  printf '[workspace]\nresolver = "2"\nmembers = ["examples/rust/*"]\n\n'
  sed -n '/^\[profile/,$p' examples/rust/identity/Cargo.toml
} > "$work/Cargo.toml"
sed -i '/^\[profile/,$d' "$work"/examples/rust/*/Cargo.toml
# No path of this machine in a panic's text.
export RUSTFLAGS="-C target-feature=+simd128,+bulk-memory --remap-path-prefix=$work=. --remap-path-prefix=$sysroot=rust"
cargo build --quiet --release --target wasm32-unknown-unknown --manifest-path "$work/Cargo.toml" --target-dir "$work/target"

differ=0
for model in "${models[@]}"; do
  built="$work/target/wasm32-unknown-unknown/release/$model.wasm"
  if [ -n "$check" ]; then
    cmp "examples/rust/$model/1/model.wasm" "$built" || differ=$((differ + 1))
  else
    install -D -m 644 "$built" "examples/rust/$model/1/model.wasm"
  fi
done
[ -z "$check" ] && exit
echo "$differ of the committed modules differ from what their sources make" >&2
[ "$differ" -eq 0 ]
