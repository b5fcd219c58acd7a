#!/bin/sh
# A finance agent asks the running service over Boardroom's protocol, and everything that must not be
# answered is sent: tests/peers/finance.mjs.
. tests/e2e/lib.sh
needs node
node tests/peers/finance.mjs "$bin" "$work"
