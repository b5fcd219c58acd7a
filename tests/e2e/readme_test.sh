#!/bin/sh
# The finance agent's walk through the README, run as it is written.
. tests/e2e/lib.sh
needs bash node curl openssl
plan 6
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
# shellcheck disable=SC2016 # the quotes of Markdown
sed -n '/^```bash$/,/^```$/{/^```/d;p}' README.md |
    sed "s|build/release/marketing-agent|$bin|; s|localhost:8082|localhost:$port|g; s|serve 2>|serve --port $port 2>|; s|\$(mktemp -d)|$work/team|" >"$work/walk"
mkdir "$work/team"
check "it is there" test -s "$work/walk"
timeout 60 bash -e "$work/walk" >"$work/out" 2>"$work/said"
check "it ends well" test "$?" -eq 0
check "the signature holds" grep -q 'Signature Verified Successfully' "$work/out"
check "ROI and lifetime value are answered" \
    sh -c "grep -q 'ROI was' '$work/out' && grep -q 'LTV' '$work/out'"
check "the origin's fields have figures" grep -Eq 'ltv_to_cac_ratio: [0-9]' "$work/out"
check "the audit log holds the answer" grep -q 'the chain holds' "$work/out"
