#!/bin/sh
# `marketing-agent mcp` from its start to its list of tools, beside the smallest server that the
# protocol's own SDK makes (one tool; node). The promise: under 50 ms on a quiet machine.
#
# Environment: MKT_BIN (the program), B (the build folder), RUNS (50).
set -eu
cd "$(dirname "$0")/.."
: "${B:=build/release}" "${MKT_BIN:=$B/marketing-agent}" "${RUNS:=50}"
make -s build/peers/node_modules/.ok
printf 'marketing-agent, %s tools   ' "$("$MKT_BIN" docs | grep -c '^## ')"
"$B/bench/mcp_start" "$RUNS" "$MKT_BIN" mcp --data examples
printf 'SDK 1 on node, 1 tool      '
"$B/bench/mcp_start" "$RUNS" node bench/mcp_peer.mjs
