#!/usr/bin/env bash
# Builds the modules in C, C++ and Zig that are committed: the examples, examples/{c,zig}/<model>/1/model.wasm, the models
# that fail on purpose for a test, test/triton/messages/<language>/model.wasm, and those of a test that compares the SDKs,
# test/guest/sdks/<language>/model.wasm.
#
#   scripts/examples.sh            builds all
#   CC=clang scripts/examples.sh   builds the examples in C by that clang instead of zig cc; it needs wasm-ld (Debian: clang,
#                                  lld)
#   scripts/examples.sh --check    builds into a temporary folder; fails when a committed module differs from what its
#                                  source makes by the pinned compiler
#
# The compiler is ziglang of PyPI in the version of scripts/zig.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/zig.sh

models=(identity add_sub string_upper)
messages=test/triton/messages
limits=test/guest/sdks
c_warnings=(-Wall -Wextra -Wpedantic -Werror)
c_cpu=-mcpu=generic+simd128+bulk_memory
c_link=-Wl,--no-entry,--strip-all,-z,stack-size=65536

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

# compile_c SOURCE TARGET
compile_c() {
  local compiler=(zig cc --target=wasm32-freestanding "$c_cpu")
  # zig cc puts the stack first by itself: an overflow traps instead of running into the data.
  [ -z "${CC:-}" ] ||
    compiler=("$CC" --target=wasm32 -msimd128 -mbulk-memory -Wl,--stack-first)
  "${compiler[@]}" -std=c99 "${c_warnings[@]}" -O3 -nostdlib -I sdk/c "$c_link" -o "$2" "$1"
}

# compile_cpp SOURCE TARGET
compile_cpp() {
  zig c++ --target=wasm32-freestanding "$c_cpu" -std=c++17 "${c_warnings[@]}" -fno-exceptions -fno-rtti -O3 -nostdlib \
    -I sdk/c "$c_link" -o "$2" "$1"
}

# compile_c_library SOURCE TARGET: with wasi-libc. zig cc would define NDEBUG.
compile_c_library() {
  zig cc --target=wasm32-wasi -mexec-model=reactor "$c_cpu" -std=c99 "${c_warnings[@]}" -O3 -UNDEBUG -I sdk/c \
    -Wl,--strip-all -o "$2" "$1"
}

# compile_zig SOURCE TARGET [MODE]
compile_zig() {
  zig build-exe -target wasm32-freestanding -mcpu=generic+simd128+bulk_memory -O "${3:-ReleaseFast}" -fstrip \
    -fno-entry -rdynamic --stack 65536 --dep triton "-Mroot=$1" -Mtriton=sdk/zig/triton.zig \
    "-femit-bin=$2"
}

install_zig
out=.
if [ -n "$check" ]; then
  out="$(mktemp -d)"
  trap 'rm -rf "$out"' EXIT
fi

# build COMPILE SOURCE MODULE [MODE]
build() {
  mkdir -p "$out/$(dirname "$3")"
  "$1" "$2" "$out/$3" "${@:4}"
  # Compilers make it executable, which a module is not.
  chmod 644 "$out/$3"
  if [ -n "$check" ] && ! cmp "$3" "$out/$3"; then
    differ=$((differ + 1))
  fi
}

differ=0
for model in "${models[@]}"; do
  build compile_c "examples/c/$model/$model.c" "examples/c/$model/1/model.wasm"
  build compile_zig "examples/zig/$model/$model.zig" "examples/zig/$model/1/model.wasm"
done
if [ -z "${CC:-}" ]; then
  build compile_c $limits/c/model.c $limits/c/model.wasm
  build compile_zig $limits/zig/model.zig $limits/zig/model.wasm ReleaseSafe
  build compile_c $messages/c/model.c $messages/c/model.wasm
  build compile_cpp $messages/cpp/model.cpp $messages/cpp/model.wasm
  build compile_c_library $messages/c_library/model.c $messages/c_library/model.wasm
  build compile_zig $messages/zig/model.zig $messages/zig/model.wasm ReleaseSafe
fi
[ -z "$check" ] && exit
echo "$differ of the committed modules differ from what their sources make" >&2
[ "$differ" -eq 0 ]
