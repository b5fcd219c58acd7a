#!/bin/sh
# The published A2A client drives the program, in 1.0 and in 0.3, and gets the bytes of the command
# line. It is in build/peers (make build/peers/node_modules/.ok).
. tests/e2e/lib.sh
for need in node curl; do
    command -v $need >/dev/null || {
        echo "1..0 # SKIP $need is not installed"
        exit 77
    }
done
[ -e build/peers/node_modules/.ok ] || {
    echo "1..0 # SKIP the clients are not in build/peers"
    exit 77
}
mkdir "$work/shop" && cp examples/*.csv "$work/shop"
AGENT_RUN_SECONDS=600 AGENT_DATA_DIR=$work/data "$bin" serve --port 0 2>"$work/log" &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$work"' EXIT
for _ in $(seq 100); do
    url=$(sed -n 's/^marketing-agent listens on //p' "$work/log")
    [ "$url" ] && break
    sleep 0.1
done
for file in "$work"/shop/*; do
    curl -sS -f -T "$file" "$url/api/v1/datasets/shop/${file##*/}" >/dev/null || exit 1
done
# shellcheck disable=SC2046 # a list of names
node tests/peers/a2a.mjs "$bin" "$url" "$work/shop" shop $("$bin" docs | sed -n 's/^## //p')
