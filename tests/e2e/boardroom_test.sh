#!/bin/sh
# A finance agent asks the running service over Boardroom's protocol, and everything that must not be
# answered is sent: tests/peers/finance.mjs.
. tests/e2e/lib.sh
command -v node >/dev/null || {
    echo "1..0 # SKIP node is not installed"
    exit 77
}
node tests/peers/finance.mjs "$bin" "$work"
