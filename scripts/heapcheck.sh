#!/usr/bin/env bash
# Checks our heap with Boost itself. This is a check for developers, and not part of npm test.
#
#   scripts/heapcheck.sh [DUMPS] [FIRST_SEED]
#
#   DUMPS       number of segments (default 200)
#   FIRST_SEED  seed of the first segment; a failing dump is named after its seed (default 1)
#
# Compiles test/core/heapcheck.cpp. The core does random operations on segments, half of which Boost has made. Then Boost opens each dump,
# checks it, grows its copy by 1 MiB, and allocates and frees in it.
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
  # A broken tree ends the checker with an assertion of Boost. That counts as a failure.
  if ! "$work/heapcheck" --alloc --grow 1048576 "$dump" >"$work/report" 2>&1; then
    failed=$((failed + 1))
    echo "FAIL $(basename "$dump")"
    cat "$work/report"
  fi
done
echo "heapcheck: Boost accepts $((dumps - failed)) of $dumps dumps"
[ "$failed" -eq 0 ]
