#!/bin/sh
# Odd journeys, as files: each a sentence or a caveat, none a wrong number.
. tests/e2e/lib.sh
plan 35

ask() { # FILE options...: the answer as JSON in $work/a.json
    "$bin" attribution "$@" --json >"$work/a.json"
}
fact() { # ID VALUE: the fact stands in the answer with that value
    grep -oF "\"id\":\"$1\"" "$work/a.json" >/dev/null || {
        echo "no fact $1"
        return 1
    }
    got=$(tr '{' '\n' <"$work/a.json" | grep -F "\"id\":\"$1\"" | sed 's/.*"value":\([^,]*\),.*/\1/')
    awk "BEGIN { d = $got - ($2); exit !(d < 1e-6 && d > -1e-6) }" || {
        echo "$1 is $got, not $2"
        return 1
    }
}
caveat() {
    grep -qF "\"id\":\"$1\",\"text\":" "$work/a.json" || {
        echo "no caveat $1"
        return 1
    }
}
head='user_id,time,channel,conversion,value'

# journeys without end: no conversion ever
{
    echo "$head"
    for i in 1 2 3 4 5; do echo "u$i,2025-01-0$i,a,0,"; done
} >"$work/open.csv"
check "journeys that never end" ask "$work/open.csv"
check "are an answer that says what is missing" \
    grep -qF '"status":"insufficient"' "$work/a.json"

# ties in time: the order of the rows must not count
{
    echo "$head"
    for i in 1 2 3 4 5 6; do
        echo "u$i,2025-01-01 10:00:00,b,0,"
        echo "u$i,2025-01-01 10:00:00,a,0,"
        echo "u$i,2025-01-01 10:00:00,a,1,5"
    done
} >"$work/ties.csv"
{
    echo "$head"
    tail -n +2 "$work/ties.csv" | sort -r
} >"$work/seit.csv"
check "ties in time" ask "$work/ties.csv"
sed 's/"provenance".*//' "$work/a.json" >"$work/first.json"
check "in another order" ask "$work/seit.csv"
check "give the same figures" sh -c "sed 's/\"provenance\".*//' '$work/a.json' | cmp - '$work/first.json'"

check "and are said to be ordered by name" caveat ties

# some times with a zone and some without
{
    echo "$head"
    for i in 1 2 3; do
        echo "u$i,2025-01-01T23:30:00-05:00,a,0,"
        echo "u$i,2025-01-02 04:00:00,b,1,9"
    done
} >"$work/mixed.csv"
check "times with and without a zone" ask "$work/mixed.csv"
check "are said to be mixed" caveat zones_mixed

# conversions that no channel led to
{
    echo "$head"
    for i in 1 2 3 4; do echo "u$i,2025-01-0$i 10:00:00,,1,5"; done
} >"$work/untouched.csv"
check "conversions without any touch" ask "$work/untouched.csv"
check "are counted in the refusal" \
    grep -qF 'No channel can have credit for the 4 conversions' "$work/a.json"

# a column of values in which nothing stands: unknown, not zero
{
    echo "$head"
    for i in 1 2 3 4; do echo "u$i,2025-01-0$i 10:00:00,a,1,"; done
} >"$work/unvalued.csv"
check "values of which none is there" ask "$work/unvalued.csv"
check "are not zero" sh -c "! grep -qF '\"id\":\"total.value\"' '$work/a.json'"

# time zones: the same moments, written in two zones
{
    echo "$head"
    for i in 1 2 3; do
        echo "u$i,2025-01-01T23:30:00-05:00,a,0,"
        echo "u$i,2025-01-02T04:00:00Z,b,1,9"
    done
} >"$work/zones.csv"
check "time zones" ask "$work/zones.csv" --session 0
check "23:30 in New York comes after 04:00 in London" fact a.last_conversions 0
check "so that touch led to nothing" fact b.last_conversions 3

# one channel, and a channel that never converts
{
    echo "$head"
    for i in 1 2 3 4; do echo "u$i,2025-01-01,only,$((i % 2)),7"; done
} >"$work/one.csv"
check "one channel" ask "$work/one.csv"
check "is said to be one" caveat one_channel
{
    cat "$work/one.csv"
    for i in 5 6 7; do echo "u$i,2025-01-01,never,0,"; done
} >"$work/never.csv"
check "a channel never seen converting" ask "$work/never.csv"
check "has no credit by the chain" fact never.markov_conversions 0

# 5,000 channels
awk -v h="$head" 'BEGIN { print h; for (i = 0; i < 20000; i++)
    printf "u%d,2025-01-%02d,channel %d,%d,1\n", i / 2, 1 + i % 28, i * 7 % 5000, i % 10 == 0 }' \
    >"$work/many.csv"
check "5,000 channels" ask "$work/many.csv"
check "are too many for the chain, and that is said" caveat too_many_channels
check "all conversions are counted" fact total.conversions 2000

# a path of a million touches
awk -v h="$head" 'BEGIN { print h; for (i = 0; i < 1000000; i++)
    printf "u1,%d,%s,%d,3\n", 1735689600 + i * 2, i % 2 ? "a" : "b", i == 999999
    for (i = 0; i < 200; i++) printf "v%d,1735689600,c,1,1\n", i }' >"$work/long.csv"
check "a path of a million touches" ask "$work/long.csv" --session 0 --max_order 2
check "is one conversion, shared by halves" fact a.linear_conversions 0.5

# a clock that is wrong: years back and ahead, the conversion before its touches
{
    echo "$head"
    for i in 1 2 3 4 5 6 7 8 9; do
        echo "u$i,2025-01-01,a,0,"
        echo "u$i,2025-01-02,a,1,4"
    done
    echo "w1,1971-01-01,a,0,"
    echo "w1,2150-01-01,b,1,4"
    echo "w2,2025-01-03,b,1,4"
    echo "w2,2025-01-04,a,0,"
} >"$work/skew.csv"
check "a user whose clock is years off" ask "$work/skew.csv"
check "what lies in the future is left out, and that is said" caveat future_rows
check "what is years back is no touch within the look-back" fact b.first_conversions 1

# clocks set back to 1999: two rows of some thousand do not make a period of 26 years
{
    echo "$head"
    awk 'BEGIN { for (i = 0; i < 2500; i++) printf "u%d,2025-0%d-0%d,a,%d,1\n", i, 1 + i % 9, 1 + i % 7, i % 2 }'
    echo "w1,1999-01-01,a,0,"
    echo "w2,1999-01-02,a,1,4"
} >"$work/back.csv"
check "rows of 1999 among rows of 2025" ask "$work/back.csv"
check "are told" grep -qF "2 of 2,502 rows lie more than a year from all others" "$work/a.json"
check "and the period is that of the others" grep -qF '"period":{"first":"2025-01-01","last":"2025-09-07"' "$work/a.json"

# negative values, conversions without a touch
{
    echo "$head"
    for i in 1 2 3 4 5 6; do echo "u$i,2025-01-01,a,1,$((i * 10 - 25))"; done
    echo "u9,2025-01-01,,1,80"
} >"$work/odd.csv"
check "negative values" ask "$work/odd.csv"
check "are told" caveat negative_values
check "and taken off" fact a.last_value 60
check "conversions without a touch are told" caveat untouched_conversions
check "and credited to none" fact total.conversions 6
