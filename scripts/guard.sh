#!/usr/bin/env bash
# Builds the guard from native/guard: native/triton_python_backend_stub, the program that a tritonserver starts. The program is committed.
#
#   scripts/guard.sh            builds it
#   scripts/guard.sh --check    builds it into a temporary folder, and fails when the committed bytes differ
#
# The compiler is ziglang of PyPI in the version of scripts/zig.sh. The program needs glibc 2.28 or later.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/zig.sh

program=native/triton_python_backend_stub
flags=(-target x86_64-linux-gnu.2.28 -mcpu=x86_64 -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror
  -fno-ident -Wl,--build-id=none -s -lpthread)

case "$*" in
  "") out="$program" ;;
  --check)
    folder="$(mktemp -d)"
    trap 'rm -rf "$folder"' EXIT
    out="$folder/guard"
    ;;
  *)
    sed -n '2,/^set /{/^# \{0,1\}/s///p}' "$0" >&2
    exit 2
    ;;
esac

install_zig
# Relative paths keep the name of this folder out of the program.
zig cc "${flags[@]}" -o "$out" native/guard/*.c
chmod 755 "$out"
[ "$out" = "$program" ] || cmp "$program" "$out"
