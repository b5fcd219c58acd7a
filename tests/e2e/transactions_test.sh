#!/bin/sh
# The credit of every conversion as a file: whole or not at all, never over the data, never by HTTP.
. tests/e2e/lib.sh
plan 12

mkdir "$work/shop" "$work/files"
cp examples/touchpoints.csv "$work/shop"
data=$work/shop/touchpoints.csv
sum=$(sha256sum <"$data")
ask() {
    "$bin" attribution "$@"
}

check "it is written" ask "$work/shop" --transactions "$work/files/t.csv"
check "one heading, one row a channel of a conversion" \
    sh -c "head -n1 '$work/files/t.csv' | grep -qx 'user,time,value,channel,touches,first,last,last_non_direct,linear,position,time_decay,j_shape,w_shape,shapley,markov'"
check "the first touches are as many as the conversions" \
    sh -c "test \$(awk -F, '\$6 == 1' '$work/files/t.csv' | wc -l) -eq \$(grep -c ',1,[0-9.]*\$' '$data')"
echo old >"$work/files/again.csv"
check "a file that is there is replaced once the new one is whole" \
    sh -c "'$bin' attribution '$work/shop' --threads 1 --transactions '$work/files/again.csv' >/dev/null && cmp '$work/files/t.csv' '$work/files/again.csv'"
check "nothing is left beside it" sh -c "test \$(ls '$work/files' | wc -l) -eq 2"
says "a full disk" 8 "No space left" ask "$work/shop" --transactions /dev/full
says "no such folder" 4 "nowhere/t.csv" ask "$work/shop" --transactions "$work/nowhere/t.csv"
says "over the data" 2 "among the data" ask "$data" --transactions "$data"
says "into the folder of the data" 2 "among the data" \
    ask "$work/shop" --transactions "$work/shop/t.csv"
says "another analysis" 2 "goes with attribution" \
    "$bin" roi examples --transactions "$work/files/roi.csv"
printf 'path,conversions\na > b,3\nb,2\n' >"$work/paths.csv"
says "paths do not tell single conversions" 6 "touchpoints" \
    ask "$work/paths.csv" --transactions "$work/files/paths.csv"
check "the data are as they were, and no file came of the refusals" \
    sh -c "test \"\$(sha256sum <'$data')\" = '$sum' && test \$(ls '$work/files' | wc -l) -eq 2"
