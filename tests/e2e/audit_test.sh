#!/bin/sh
# The log of what other agents were answered, under load, kills and a full disk:
# tests/peers/audit.mjs.
. tests/e2e/lib.sh
needs node
node tests/peers/audit.mjs "$bin" "$work"
