#!/bin/sh
# Every analysis gives the same bytes by every face: the command line, and HTTP from a registered
# data set, from a folder of files, and again from the cache.
. tests/e2e/lib.sh
needs curl
analyses=$("$bin" docs | sed -n 's/^## //p')
plan $((8 + 3 * $(echo "$analyses" | wc -w)))

serve AGENT_DATA_DIR="$work/data"

get() { # PATH curl-options...
    path=$1
    shift
    curl -sS --fail-with-body --max-time 60 "$@" "$url$path"
}

check "the service answers" get /health
check "it says which analyses there are" \
    sh -c "curl -sS '$url/api/v1/analyses' | grep -q '\"name\":\"roi\"'"
mkdir "$work/shop" && cp examples/*.csv "$work/shop"
upload() {
    for file in "$work"/shop/*; do
        get "/api/v1/datasets/shop/${file##*/}" -T "$file" || return 1
    done
}
check "files are registered" upload
check "and listed" sh -c "curl -sS '$url/api/v1/datasets/shop' | grep -q performance.csv"

for name in $analyses; do
    "$bin" "$name" "$work/shop" --json >"$work/cli.json" 2>"$work/said"
    code=$?
    ask() {
        get "/api/v1/analyses/$name" -H 'Content-Type: application/json' -d '{"dataset":"shop"}'
    }
    ask >"$work/http.json" 2>>"$work/said"
    check "$name ends well on the command line" test "$code" -eq 0
    check "$name over HTTP gives the same bytes" cmp "$work/cli.json" "$work/http.json"
    ask >"$work/again.json" 2>>"$work/said"
    check "$name from the cache gives the same bytes" cmp "$work/cli.json" "$work/again.json"
done

question='What was ROAS of search in Q2 2026, and where should the next budget go?'
"$bin" ask "$question" --data "$work/shop" --json >"$work/cli.json" 2>"$work/said"
check "a question ends well on the command line" test "$?" -eq 0
ask() {
    get /api/v1/ask -H 'Content-Type: application/json' -d "{\"dataset\":\"shop\",\"question\":\"$question\"}"
}
ask >"$work/http.json" 2>>"$work/said"
check "it rests on facts" grep -q '"cites":\["search.roas"' "$work/cli.json"
check "a question over HTTP gives the same bytes" cmp "$work/cli.json" "$work/http.json"
ask >"$work/again.json" 2>>"$work/said"
check "a question from the cache gives the same bytes" cmp "$work/cli.json" "$work/again.json"
