#!/bin/sh
# Questions on the command line: the example of the README, readings to choose, bad input.
# shellcheck disable=SC1111 # as the program writes names
. tests/e2e/lib.sh
plan 35

ask() {
    "$bin" ask "$@"
}

holds() { # FILE TEXT...
    file=$1
    shift
    for text; do grep -qF -e "$text" "$file" || return 1; done
}

ask "What was the ROI of our Q4 holiday campaign, and where should the next budget go?" \
    --data examples >"$work/answer" 2>"$work/said"
check "a question of two parts is answered" test "$?" -eq 0
check "it says what it took for what" holds "$work/answer" \
    "“holiday” is taken as the campaign Holiday 2025" "“Q4” is 2025-10-01 to 2025-12-31"
check "the reply comes first, with its interval" \
    sh -c "head -n 1 '$work/answer' | grep -q '^Holiday 2025: ROI was 1.34 (0.90 to 1.89) in the fourth quarter'"
check "and says what it rests on" holds "$work/answer" "rests on total.roi" "shift.video.search"

ask "How did the holiday campaign do?" --data examples >"$work/back" 2>"$work/said"
check "two readings are asked back" holds "$work/back" "Which is meant?" "--campaign 'Holiday 2024'"
sed -n "s,^ *marketing-agent ,\"$bin\" ,p" "$work/back" | tail -n 1 >"$work/pick.sh"
check "the command of a choice answers it" sh -c "sh '$work/pick.sh' >'$work/picked'"
check "with that reading" holds "$work/picked" "campaign 'Holiday 2025'"

check "JSON is written" sh -c "'$bin' ask 'What is our ROAS?' --data examples --json >'$work/a.json'"
check "it is an answer to a question" holds "$work/a.json" '"analysis_type":"ask"' '"answers":[{'
check "HTML is written" \
    "$bin" ask "What is our <b>ROAS</b>?" --data examples -o "$work/a.html"
check "with the question as text" holds "$work/a.html" "What is our &lt;b&gt;ROAS&lt;/b&gt;?"

# tables of sums and of events, without any spend
printf 'variant,visitors,conversions\na,20000,2000\nb,20000,2400\n' >"$work/won.csv"
printf 'variant,visitors,conversions\na,20000,2000\nb,20000,2010\n' >"$work/open.csv"
printf 'variant,visitors,conversions\na,20000,2000\nb,18000,1800\n' >"$work/broken.csv"
ask "Did the new checkout win?" --data "$work/won.csv" >"$work/answer" 2>"$work/said"
check "whether the variant won opens the reply" sh -c "head -n 1 '$work/answer' | grep -q '^Ship b: '"
ask "Did variant b win the experiment?" --data "$work/won.csv" >"$work/answer" 2>"$work/said"
check "and how units were shared out is no answer to it" \
    sh -c "! sed '/^Asked of/q' '$work/answer' | grep -qi 'units in\|share'"
ask "Can I stop the test now?" --data "$work/open.csv" >"$work/answer" 2>"$work/said"
check "whether to stop opens the reply" \
    sh -c "head -n 1 '$work/answer' | grep -q '^Keep the experiment running for '"
ask "Should we ship b?" --data "$work/broken.csv" >"$work/answer" 2>"$work/said"
check "that it is broken opens the reply" \
    sh -c "head -n 1 '$work/answer' | grep -q '^The experiment is broken: b got 18,000 units'"
{
    echo "user,variant,device,bought"
    for u in $(seq 1 2000); do
        v=$([ $((u % 2)) -eq 0 ] && echo a || echo b)
        d=$([ $((u % 4)) -lt 2 ] && echo mobile || echo desktop)
        y=$([ $((u % 5)) -eq 0 ] || { [ $v = b ] && [ $d = mobile ] && [ $((u % 3)) -eq 0 ]; } && echo 1 || echo 0)
        echo "u$u,$v,$d,$y"
    done
} >"$work/parts.csv"
ask "Is variant b a winner on mobile?" --data "$work/parts.csv" >"$work/answer" 2>"$work/said"
check "one segment of an experiment is answered by its own lift" \
    sh -c "head -n 1 '$work/answer' | grep -q '^Lift of bought in b among mobile was '"
ask "Is variant b a winner on tablet?" --data "$work/parts.csv" >"$work/answer" 2>"$work/said"
check "a segment that it does not have opens the reply" \
    sh -c "head -n 1 '$work/answer' | grep -q '^Of all units, not of “tablet”: '"
check "and those that it has are named" holds "$work/answer" \
    "The experiment has no segment “tablet”: its segments are desktop and mobile."
{
    echo "user_id,time,event"
    for u in $(seq 1 60); do
        d=$(printf '%02d' $((u % 28 + 1)))
        echo "u$u,2026-01-$d 10:00:00,visit"
        [ $((u % 3)) -eq 0 ] || echo "u$u,2026-01-$d 10:20:00,cart"
        [ $((u % 4)) -ne 0 ] || echo "u$u,2026-01-$d 10:40:00,purchase"
        [ $((u % 5)) -ne 0 ] || echo "u$u,2026-02-$d 11:00:00,visit"
    done
    echo "last,2026-03-20 10:00:00,visit"
} >"$work/events.csv"
ask "Where do we lose people?" --data "$work/events.csv" >"$work/answer" 2>"$work/said"
check "where people are lost opens the reply" \
    sh -c "head -n 1 '$work/answer' | grep -q '^Of 60 users that entered at visit, '"
ask "What is the drop-off at the cart?" --data "$work/events.csv" >"$work/answer" 2>"$work/said"
check "at a step: who reaches it and goes no further" \
    sh -c "head -n 1 '$work/answer' | grep -q '^Drop-off from cart to purchase was '"
check "and says so" holds "$work/answer" \
    "“at the cart” is taken as the way on from cart: of those who reach it."
ask "What is the drop-off before the cart?" --data "$work/events.csv" >"$work/answer" 2>"$work/said"
check "before a step: who does not come so far" \
    sh -c "head -n 1 '$work/answer' | grep -q '^Drop-off from visit to cart was '"
ask "What is the drop-off at purchase?" --data "$work/events.csv" >"$work/answer" 2>"$work/said"
check "at the last step nothing comes after" holds "$work/answer" \
    "Nothing comes after purchase, the last step; what is known is the way to it. Drop-off"
ask "How many visitors come back after a month?" --data "$work/events.csv" >"$work/answer" \
    2>"$work/said"
check "how many come back is told of all" \
    sh -c "head -n 1 '$work/answer' | grep -q '^Share of all users active 1 month later was 20.0 %'"
ask "What is the conversion rate?" --data "$work/events.csv" >"$work/answer" 2>"$work/said"
check "a rate of events needs no spend" \
    sh -c "head -n 1 '$work/answer' | grep -q '^Conversion rate from visit to purchase was '"

{
    echo "path,conversions,nulls"
    echo "social > search,30,20"
    echo "social > email,10,15"
    echo "social,5,20"
    echo "search,40,60"
} >"$work/paths.csv"
ask "Which transition follows social?" --data "$work/paths.csv" >"$work/answer" 2>"$work/said"
check "what follows a channel, the most likely first" \
    sh -c "head -n 1 '$work/answer' | grep -q '^Of the steps from social, 50.0 % (.*) go to search, 25.0 %'"

ask "How long do 90 % of users take to buy?" --data "$work/events.csv" >"$work/answer" 2>"$work/said"
check "the quantile of a time opens the reply" \
    sh -c "head -n 1 '$work/answer' | grep -q '^Ninth decile of the time from visit to purchase was '"
check "and what it is of is said" holds "$work/answer" \
    "“90 %” is taken as the quantile 0.9 of the time: of those who arrive, 90 % take no longer."
ask "What is the ROAS of the worst channel?" --data examples >"$work/answer" 2>"$work/said"
check "the worst comes first" sh -c "head -n 1 '$work/answer' | grep -q '^ROAS of video was '"
ask "Which weekday has the best ROAS?" --data examples >"$work/answer" 2>"$work/said"
check "what is not told apart is said" holds "$work/answer" \
    "Days, weeks and months are not held against each other by roi"

says "no question" 2 "ask needs a question" ask --data examples
says "no data" 2 "--data PATH" ask "What is our ROAS?"
says "an empty question" 2 "the question is empty" ask "" --data examples
says "a parameter that no analysis has" 2 'no analysis has a parameter "colour"' \
    ask "What is our ROAS?" --data examples --colour red
long=$(head -c 100000 /dev/zero | tr '\0' a)
says "a question of 100,000 bytes" 5 "at most 4000 are read" ask "$long" --data examples
says "bytes that are no text" 2 "not UTF-8" ask "$(printf 'ROAS \377')" --data examples
