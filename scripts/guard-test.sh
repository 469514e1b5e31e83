#!/usr/bin/env bash
# Tests the guard without Node: its parts, its reaction to damaged regions, and its whole life with a fake executor.
#
#   scripts/guard-test.sh [CASES [FIRST]]   runs CASES of the fuzz program (default 5000), beginning with number FIRST
#
# gcc builds the parts with AddressSanitizer and UndefinedBehaviorSanitizer. Without gcc, zig cc builds them with the
# latter alone.
# The test of the whole life runs with the committed program, and with a build that has the sanitizers.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/zig.sh

warnings=(-std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -g -O1)
parts=(text log arguments region semaphore queue control mapping deadline answers refusal mutex undo exchange settlement server launch model_files)
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT

if echo 'int main(void) { return 0; }' >"$out/probe.c" &&
  gcc -fsanitize=address,undefined -o "$out/probe" "$out/probe.c" 2>/dev/null && "$out/probe"; then
  sanitizers="AddressSanitizer and UndefinedBehaviorSanitizer (gcc)"
  compile=(gcc -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
else
  install_zig
  sanitizers="UndefinedBehaviorSanitizer (zig cc)"
  compile=(zig cc -fsanitize=undefined -fno-sanitize-trap=undefined)
fi
echo "guard-test: built with $sanitizers"

mkdir "$out/regions"
for release in 23.10 23.12 24.10; do
  for moment in initialize-request execute-request auto-complete-request finalize-request; do
    gzip -dc "test/fixtures/$release/$moment.bin.gz" >"$out/regions/$release-$moment.bin"
    [ "$release" != 24.10 ] || ln "$out/regions/$release-$moment.bin" "$out/regions/$moment.bin"
  done
done

sources=()
for part in "${parts[@]}"; do sources+=("native/guard/$part.c"); done
unit=(native/test/*_test.c native/test/unit.c native/test/frozen.c)
few=(native/guard/{text,region,semaphore,queue,control,mapping,answers}.c native/test/frozen.c)
"${compile[@]}" "${warnings[@]}" "${sources[@]}" "${unit[@]}" -lpthread -o "$out/unit" &
"${compile[@]}" "${warnings[@]}" "${sources[@]}" native/test/{fuzz,frozen}.c -lpthread -o "$out/fuzz"
wait $!
"${compile[@]}" "${warnings[@]}" native/guard/*.c -lpthread -o "$out/guard"
# A sanitizer cannot start under the restrictions of an executor.
if [ "${compile[0]}" = gcc ]; then plain=(gcc); else plain=(zig cc); fi
"${plain[@]}" "${warnings[@]}" "${few[@]}" native/test/fake_node.c -lpthread -o "$out/node"
"${plain[@]}" "${warnings[@]}" "${few[@]}" native/test/{server,server_proc,process,surroundings,refused_starts,ends,restarts}.c -lpthread -o "$out/process"

"$out/unit" "$out/regions"
"$out/fuzz" "$out/regions" "${1:-5000}" "${2:-0}" 2>"$out/fuzz.log" || { tail -n 60 "$out/fuzz.log" >&2; exit 1; }
"$out/process" native/triton_python_backend_stub "$out/node" "$out/regions" 500
"$out/process" "$out/guard" "$out/node" "$out/regions" 50
