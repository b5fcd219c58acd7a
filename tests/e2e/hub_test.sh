#!/bin/sh
# The program at a hub that behaves as the origin's does, and at one that does not (tests/peers/hub.mjs).
. tests/e2e/lib.sh
command -v node >/dev/null || {
    echo "1..0 # SKIP node is not installed"
    exit 77
}
node tests/peers/hub_check.mjs "$bin" "$work"
