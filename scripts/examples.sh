#!/usr/bin/env bash
# Builds the committed modules in C, C++ and Zig:
#   examples/{c,zig}/<model>/1/model.wasm           the examples of these languages
#   examples/<repository>/<model>/1/model.wasm      the other examples in C and Zig
#   test/triton/messages/<language>/model.wasm      models that fail on purpose, for a test
#   test/guest/sdks/{,calls/,contract/}<language>/model.wasm  models of the test that compares the SDKs
#
#   scripts/examples.sh            builds all modules
#   CC=clang scripts/examples.sh   builds the examples in C with that clang instead of zig cc; it needs wasm-ld (Debian: clang,
#                                  lld)
#   scripts/examples.sh --check    builds into a temporary folder, and fails when a committed module differs from the result
#                                  of the pinned compiler
#
# The compiler is ziglang of PyPI in the version of scripts/zig.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/zig.sh

models=(identity add_sub repeat string_upper bls_sync bls_async bls_decoupled_sync bls_decoupled_async)
c_models=(square_int32 rescheduling)
c_sources=(python_backend/resnet50/resnet50.c processing/tokenizer/tokenizer.c)
zig_sources=(python_backend/custom_metrics/custom_metrics.zig processing/image_normalize/image_normalize.zig)
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
  echo "--check needs the pinned compiler, zig cc: unset CC" >&2
  exit 2
fi

# compile_c SOURCE TARGET
compile_c() {
  local compiler=(zig cc --target=wasm32-freestanding "$c_cpu")
  # With the stack at the start of the memory, an overflow traps and does not overwrite data. zig cc does so by default.
  [ -z "${CC:-}" ] ||
    compiler=("$CC" --target=wasm32 -msimd128 -mbulk-memory -Wl,--stack-first)
  "${compiler[@]}" -std=c99 "${c_warnings[@]}" -O3 -nostdlib -I sdk/c "$c_link" -o "$2" "$1"
}

# compile_cpp SOURCE TARGET
compile_cpp() {
  zig c++ --target=wasm32-freestanding "$c_cpu" -std=c++17 "${c_warnings[@]}" -fno-exceptions -fno-rtti -O3 -nostdlib \
    -I sdk/c "$c_link" -o "$2" "$1"
}

# compile_c_library SOURCE TARGET: with wasi-libc. -UNDEBUG, since zig cc defines NDEBUG.
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
  # Compilers set the execute bits, which a module does not need.
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
for model in "${c_models[@]}"; do
  build compile_c "examples/c/$model/$model.c" "examples/c/$model/1/model.wasm"
done
# NVIDIA's example add_sub has another configuration and the same code.
build compile_c examples/c/add_sub/add_sub.c examples/python_backend/add_sub/1/model.wasm
for source in "${c_sources[@]}"; do
  build compile_c "examples/$source" "examples/${source%/*}/1/model.wasm"
done
for source in "${zig_sources[@]}"; do
  build compile_zig "examples/$source" "examples/${source%/*}/1/model.wasm"
done
if [ -z "${CC:-}" ]; then
  build compile_c $limits/c/model.c $limits/c/model.wasm
  build compile_zig $limits/zig/model.zig $limits/zig/model.wasm ReleaseSafe
  build compile_c $limits/contract/c/model.c $limits/contract/c/model.wasm
  build compile_zig $limits/contract/zig/model.zig $limits/contract/zig/model.wasm ReleaseSafe
  build compile_c $limits/calls/c/model.c $limits/calls/c/model.wasm
  build compile_zig $limits/calls/zig/model.zig $limits/calls/zig/model.wasm ReleaseSafe
  build compile_c $messages/c/model.c $messages/c/model.wasm
  build compile_cpp $messages/cpp/model.cpp $messages/cpp/model.wasm
  build compile_c_library $messages/c_library/model.c $messages/c_library/model.wasm
  build compile_zig $messages/zig/model.zig $messages/zig/model.wasm ReleaseSafe
fi
[ -z "$check" ] && exit
echo "examples: $differ committed modules differ from a build of their sources" >&2
[ "$differ" -eq 0 ]
