#!/bin/sh
# The README's commands as written, and the same bytes whatever the threads and the run.
. tests/e2e/lib.sh
plan 19

has() { # FILE TEXT...
    file=$1
    shift
    for text in "$@"; do
        grep -qF -e "$text" "$file" || {
            echo "not in $file: $text"
            return 1
        }
    done
}

run() { # FILE command...: its standard output in FILE
    file=$1
    shift
    "$@" >"$file"
}

check "help names every analysis and command" \
    sh -c "'$bin' help | grep -q roi && '$bin' help | grep -q serve && '$bin' help | grep -q simulate"
check "each command has its own help" sh -c "'$bin' help roi | grep -q -- --margin"
check "version" sh -c "'$bin' version | grep -q '^marketing-agent [0-9]'"
check "simulate makes a company" "$bin" simulate --out "$work/shop" --seed 5 --months 14 --scale 0.2
check "simulate again gives the same bytes" \
    sh -c "'$bin' simulate --out '$work/again' --seed 5 --months 14 --scale 0.2 && diff -r '$work/shop' '$work/again'"
check "report to HTML" run "$work/said.txt" "$bin" report "$work/shop" -o "$work/r.html"
check "it prints the path of the page" has "$work/said.txt" "$work/r.html"
check "the page loads nothing from the network" \
    sh -c "! grep -Eqi '(src|href)=.?https?:' '$work/r.html'"
check "roi of the folder as text" run "$work/text" "$bin" roi "$work/shop"
check "figures stand in the text" has "$work/text" "ROAS" "search"
check "no colours outside a terminal" sh -c "! grep -q \$(printf '\033') '$work/text'"
check "roi of one file" run "$work/one" "$bin" roi "$work/shop/performance.csv"
check "roi as JSON" run "$work/a.json" "$bin" roi "$work/shop" --json
check "JSON has the contract's fields" has "$work/a.json" '"analysis_type":"campaign_roi"' \
    '"collaboration_ready":' '"confidence_score":' '"facts":[' '"findings":[' '"provenance":{' \
    '"optimization_recommendations":[' '"written_by":"plain"'
check "the same bytes again" sh -c "'$bin' roi '$work/shop' --json | cmp - '$work/a.json'"
check "the same bytes on one thread" \
    sh -c "'$bin' roi '$work/shop' --json --threads 1 | cmp - '$work/a.json'"
check "another seed, other bounds, the same values" \
    sh -c "'$bin' roi '$work/shop' --json --seed 2 >'$work/b.json'; ! cmp -s '$work/a.json' '$work/b.json'"
check "report as JSON holds the same answer" \
    sh -c "'$bin' report '$work/shop' --json | sed -e 's/^{\"analysis_type\":\"report\",\"answers\":\[//' -e 's/^,//' | grep -qxF -f '$work/a.json'"
check "the examples are analysed as they are" run "$work/e" "$bin" report examples
