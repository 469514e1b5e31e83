#!/usr/bin/env bash
# Builds the examples in C and Zig: examples/{c,zig}/<model>/1/model.wasm, which are committed.
#
#   scripts/examples.sh            builds all
#   CC=clang scripts/examples.sh   builds those in C by that clang instead of zig cc; it needs wasm-ld (Debian: clang, lld)
#   scripts/examples.sh --check    builds into a temporary folder; fails when a committed module differs from what its
#                                  source makes by the pinned compiler
#
# The compiler is ziglang of PyPI in the version below, which pip installs into the cache folder.
set -euo pipefail
cd "$(dirname "$0")/.."

ziglang=0.17.1
cache="${TRITON_WASM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}}/triton-wasm-backend"
models=(identity add_sub string_upper)

usage() {
  sed -n '2,/^set /{/^# \{0,1\}/s///p}' "$0" >&2
  exit 2
}

case "$*" in
  "") check= ;;
  --check) check=1 ;;
  *) usage ;;
esac
if [ -n "$check" ] && [ -n "${CC:-}" ]; then
  echo "--check compares with what zig cc makes: unset CC" >&2
  exit 2
fi

# Installs beside the place and renames, so that a broken install is never taken for a whole one.
install_zig() {
  local folder="$cache/ziglang-$ziglang" fresh
  export PYTHONPATH="$folder" ZIG_GLOBAL_CACHE_DIR="$cache/zig" ZIG_LOCAL_CACHE_DIR="$cache/zig"
  [ -d "$folder" ] && return
  mkdir -p "$cache"
  fresh="$(mktemp -d "$cache/ziglang-XXXXXX")"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore \
    --target "$fresh" "ziglang==$ziglang" || { rm -rf "$fresh"; exit 1; }
  # Somebody else may have been faster.
  mv -T "$fresh" "$folder" 2>/dev/null || rm -rf "$fresh"
}

zig() {
  python3 -m ziglang "$@"
}

# compile_c SOURCE TARGET
compile_c() {
  local compiler=(zig cc --target=wasm32-freestanding -mcpu=generic+simd128+bulk_memory)
  # zig cc puts the stack first by itself: an overflow traps instead of running into the data.
  [ -z "${CC:-}" ] ||
    compiler=("$CC" --target=wasm32 -msimd128 -mbulk-memory -Wl,--stack-first)
  "${compiler[@]}" -std=c99 -Wall -Wextra -Wpedantic -Werror -O3 -nostdlib -I sdk/c \
    -Wl,--no-entry,--strip-all,-z,stack-size=65536 -o "$2" "$1"
}

# compile_zig SOURCE TARGET
compile_zig() {
  zig build-exe -target wasm32-freestanding -mcpu=generic+simd128+bulk_memory -O ReleaseFast -fstrip \
    -fno-entry -rdynamic --stack 65536 --dep triton "-Mroot=$1" -Mtriton=sdk/zig/triton.zig \
    "-femit-bin=$2"
}

install_zig
out=examples
if [ -n "$check" ]; then
  out="$(mktemp -d)"
  trap 'rm -rf "$out"' EXIT
fi

differ=0
for language in c zig; do
  for model in "${models[@]}"; do
    module="$language/$model/1/model.wasm"
    mkdir -p "$out/$language/$model/1"
    "compile_$language" "examples/$language/$model/$model.$language" "$out/$module"
    # Compilers make it executable, which a module is not.
    chmod 644 "$out/$module"
    if [ -n "$check" ] && ! cmp "examples/$module" "$out/$module"; then
      differ=$((differ + 1))
    fi
  done
done
[ -z "$check" ] && exit
echo "$differ of the committed modules differ from what their sources make" >&2
[ "$differ" -eq 0 ]
