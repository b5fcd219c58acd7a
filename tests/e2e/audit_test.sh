#!/bin/sh
# The log of what other agents were answered, under load, kills and a full disk:
# tests/peers/audit.mjs.
. tests/e2e/lib.sh
command -v node >/dev/null || {
    echo "1..0 # SKIP node is not installed"
    exit 77
}
node tests/peers/audit.mjs "$bin" "$work"
