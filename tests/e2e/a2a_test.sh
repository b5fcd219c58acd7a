#!/bin/sh
# The published A2A client drives the program, in 1.0 and in 0.3, and gets the bytes of the command
# line. It is in build/peers (make build/peers/node_modules/.ok).
. tests/e2e/lib.sh
needs node curl
needs_peers
mkdir "$work/shop" && cp examples/*.csv "$work/shop"
serve AGENT_RUN_SECONDS=600 AGENT_DATA_DIR="$work/data"
for file in "$work"/shop/*; do
    curl -sS -f -T "$file" "$url/api/v1/datasets/shop/${file##*/}" >/dev/null || exit 1
done
# shellcheck disable=SC2046 # a list of names
node tests/peers/a2a.mjs "$bin" "$url" "$work/shop" shop $("$bin" docs | sed -n 's/^## //p')
