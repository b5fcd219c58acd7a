#!/bin/sh
# A refusal speaks of what was asked; its options, pasted into a shell, get the answer.
. tests/e2e/lib.sh
plan 42

refuse() { # ANALYSIS FILE WORDS...: refused with these words
    analysis=$1 about=$2
    shift 2
    ! "$bin" "$analysis" "$work/$about" >/dev/null 2>"$work/sentence" || {
        echo "$analysis $about was answered"
        return 1
    }
    for words in "$@"; do
        grep -qF -e "$words" "$work/sentence" || {
            echo "\"$words\" is not in: $(head -c 900 "$work/sentence")"
            return 1
        }
    done
}
missing() { # ANALYSIS FOLDER WORDS...: an answer that says what is missing
    analysis=$1 folder=$2
    shift 2
    "$bin" "$analysis" "$work/$folder" --json >"$work/a.json" || return 1
    grep -qF '"status":"insufficient"' "$work/a.json" || return 1
    sed 's/\\"/"/g' "$work/a.json" >"$work/sentence"
    for words in "$@"; do
        grep -qF -e "$words" "$work/sentence" || {
            echo "\"$words\" is not in: $(head -c 900 "$work/sentence")"
            return 1
        }
    done
}
paste() { # ANALYSIS PATH WORD: the options of the last refusal, as a shell reads them
    options=$(grep -o "with --map .*" "$work/sentence" | head -n 1 | sed "s/^with //; s/; .*//; s/\\\\\$//")
    [ -n "$options" ] || {
        echo "no options in: $(cat "$work/sentence")"
        return 1
    }
    eval "\"$bin\" \"$1\" \"$work/$2\" $options --json" >"$work/a.json" || return 1
    grep -qF "$3" "$work/a.json" || {
        echo "no $3 after $options"
        return 1
    }
}
rows() { # FILE HEADER PRINTF-FORMAT: 40 rows of users, days, things, flags and amounts
    {
        echo "$2"
        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            day=$(printf '2026-01-%02d' "$i")
            amount="$((i * 7 % 11 + 1)).5" second="$((i * 5 % 13 + 2)).25"
            # shellcheck disable=SC2059
            printf "$3\n$3\n" "p$i" "$day 10:00:00" alpha 0 "$amount" "$who$i" "$day 11:00:00" \
                beta 1 "$second"
        done
    } >"$work/$1"
}
who=p # of the second thing

# names that nothing is known of, in the order user, time, thing, flag, amount
rows sv.csv 'Besökare,Stund,Sak,Gjort,Pengar' '%s,%s,%s,%s,%s'
rows jp.csv '顧客;時刻;行動;結果;金額' '%s;%s;%s;%s;%s'
rows odd.csv 'who'"'"'s "it",when $HOME,`what`,did \\ it,cash' '%s,%s,%s,%s,%s'
who=q # each in one variant
rows units_sv.csv 'Besökare,Stund,Sak,Gjort,Pengar' '%s,%s,%s,%s,%s'
rows units_jp.csv '顧客;時刻;行動;結果;金額' '%s;%s;%s;%s;%s'
rows units_odd.csv 'who'"'"'s "it",when $HOME,`what`,did \\ it,cash' '%s,%s,%s,%s,%s'
for file in sv.csv jp.csv odd.csv; do
    check "$file: funnel asks for events" refuse funnel "$file" "no table of events" \
        "as a table of events it lacks a time, a user and an event"
    check "$file: pasted, funnel answers" paste funnel "$file" '"steps":"alpha > beta"'
    check "$file: attribution asks for journeys" refuse attribution "$file" "no table of journeys" \
        "as a touchpoints table it lacks a time, a user, a channel and conversions"
    check "$file: pasted, attribution answers" paste attribution "$file" '"id":"total.conversions"'
    check "$file: experiment asks for variants" refuse experiment "units_$file" "hold no experiment" \
        "as an experiment table it lacks a variant, a unit and a metric"
    check "$file: pasted, experiment answers" paste experiment "units_$file" '"id":"split_p"'
    check "$file: roi asks for spend" refuse roi "$file" "a date, spend and a channel" \
        "as a performance table it lacks a date, spend and a channel or campaign"
    check "$file: pasted, roi answers" paste roi "$file" '"id":"total.spend"'
    check "$file: unit_economics asks for orders" refuse unit_economics "$file" \
        "no table of orders" "as a table of orders it lacks a date, a customer and an amount"
    check "$file: pasted, unit_economics answers" paste unit_economics "$file" '"id":"'
done

# a row a variant
printf 'Sort,Besökare,Köp\nA,10000,512\nB,10040,584\n' >"$work/arms.csv"
check "sums by variant" refuse experiment arms.csv "lacks a variant, a unit and a metric"
check "pasted, are sums" paste experiment arms.csv '"value":10040,'

# what cannot be given is not proposed
printf 'a,b\nx,y\nz,y\n' >"$work/words.csv"
check "nothing that could be a time" refuse funnel words.csv "no column looks like a time"
check "has no option" sh -c "! grep -qF -e --map '$work/sentence'"

# beside a table that is known, and where files are several: options name the file
mkdir "$work/two"
cp "$work/sv.csv" "$work/two/sv.csv"
printf 'date,channel,spend,revenue\n2026-01-01,a,1,2\n2026-01-02,a,2,3\n' >"$work/two/ads.csv"
check "beside another table" missing funnel two "sv.csv: no known kind of table" \
    'sv.csv:user=Besökare'
check "pasted" paste funnel two '"steps":"alpha > beta"'
check "so attribution" missing attribution two 'sv.csv:channel=Sak'
check "pasted" paste attribution two '"id":"total.conversions"'
cp "$work/units_sv.csv" "$work/two/sv.csv"
check "and experiment" missing experiment two 'sv.csv:variant=Sak'
check "pasted" paste experiment two '"id":"split_p"'

# what a known table uses is not offered again
check "spend alone" missing experiment two/ads.csv "a table of kind performance" "lacks a variant"
check "is no experiment" sh -c "! grep -qF -e --map '$work/sentence'"
