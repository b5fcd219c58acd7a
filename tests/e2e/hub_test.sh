#!/bin/sh
# The program at a hub that behaves as the origin's does, and at one that does not (tests/peers/hub.mjs).
. tests/e2e/lib.sh
needs node
node tests/peers/hub_check.mjs "$bin" "$work"
