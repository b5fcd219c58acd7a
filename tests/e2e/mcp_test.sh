#!/bin/sh
# The published MCP clients drive the program, on standard input and over HTTP, in both eras, and
# get the bytes of the command line. They are in build/peers (make build/peers/node_modules/.ok).
. tests/e2e/lib.sh
needs node curl
needs_peers
mkdir "$work/shop" && cp examples/*.csv "$work/shop"
serve AGENT_RUN_SECONDS=600 AGENT_DATA_DIR="$work/data"
for file in "$work"/shop/*; do
    curl -sS -f -T "$file" "$url/api/v1/datasets/registered/${file##*/}" >/dev/null || exit 1
done
# shellcheck disable=SC2046 # a list of names
node tests/peers/mcp.mjs "$bin" "$url" "$work/shop" shop registered \
    $("$bin" docs | sed -n 's/^## //p')
