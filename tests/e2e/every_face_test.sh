#!/bin/sh
# Each analysis by the command line, REST, MCP, A2A and Boardroom: the same text of every number, by
# tests/peers/faces.mjs. What is the same to the byte, also from the cache: faces_test.sh.
. tests/e2e/lib.sh
command -v node >/dev/null || {
    echo "1..0 # SKIP node is not installed"
    exit 77
}
node tests/peers/faces.mjs "$bin" "$work"
