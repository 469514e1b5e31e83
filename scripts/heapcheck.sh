#!/usr/bin/env bash
# Lets Boost itself judge our heap: a developer's check, not part of npm test.
#
#   scripts/heapcheck.sh [DUMPS] [FIRST_SEED]
#
#   DUMPS       how many segments to check (default 200)
#   FIRST_SEED  seed of the first; a failing dump is named after its seed (default 1)
#
# Compiles test/core/heapcheck.cpp, lets the core do random operations on segments (half of them made by Boost), and has
# Boost open each dump, check it, grow its copy by 1 MiB, and allocate and free in it.
# Needs g++, Debian's libboost-dev (headers only) and a built dist/wasm/core.parent.wasm.
set -euo pipefail
cd "$(dirname "$0")/.."

dumps="${1:-200}"
first_seed="${2:-1}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

g++ -std=c++17 -O1 test/core/heapcheck.cpp -o "$work/heapcheck" -pthread
mkdir "$work/dumps"
node test/core/write-dump.mjs "$work/dumps" "$dumps" "$first_seed"

failed=0
for dump in "$work"/dumps/*.dump; do
  # A broken tree stops the checker with an assertion of Boost; that is a failure like any other.
  if ! "$work/heapcheck" --alloc --grow 1048576 "$dump" >"$work/report" 2>&1; then
    failed=$((failed + 1))
    echo "FAIL $(basename "$dump")"
    cat "$work/report"
  fi
done
echo "$((dumps - failed)) of $dumps dumps are sound for Boost"
[ "$failed" -eq 0 ]
