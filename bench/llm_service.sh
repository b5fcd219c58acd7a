#!/bin/sh
# Facts while words are written: roi over a registered data set of 10,000 rows at 200 requests a
# second (open loop), before and while a language model narrates, in one run on one machine.
#
#   plain words, the same 20 questions     answers that were given before
#   plain words, another seed each time    every answer computed anew
#   no wish, another seed each time        the model is asked for; all narrators write, so the
#                                          words are plain and marked
#
# The model is the file in $MODEL (full shape: build it with bench/llm_model, random weights) or,
# without one, a tiny one of one layer that is made here; which one is printed.
#
# Environment: MKT_BIN (the program), B (the build folder), MODEL, SECONDS_EACH (20).
set -eu
cd "$(dirname "$0")/.."
: "${B:=build/release}" "${MKT_BIN:=$B/marketing-agent}" "${SECONDS_EACH:=20}" "${MODEL:=}"
. bench/lib/service.sh

if [ -n "$MODEL" ] && [ -e "$MODEL" ]; then
    echo "model: $MODEL, $(stat -c %s "$MODEL") bytes"
else
    MODEL=$work/tiny.gguf
    "$B/bench/llm_tiny" "$MODEL"
    echo "model: a tiny one of one layer; for the full shape set MODEL to what bench/llm_model makes"
fi

serve AGENT_MODEL_PATH="$MODEL" AGENT_MODEL_DIR="$work/models" AGENT_DEADLINE_MS=0 AGENT_NARRATIONS=2
at=http://127.0.0.1:$port

state() { curl -sf "$at/health" | sed -n 's/.*"model":"\([a-z]*\)".*/\1/p'; }
while [ "$(state)" = loading ]; do sleep 0.5; done
[ "$(state)" = ready ] || { curl -s "$at/health" >&2; exit 1; }

# Two clients that always want words: each narration is another one, none is from the cache.
talk() {
    number=$1
    while :; do
        number=$((number + 2))
        curl -s -o "$work/said.$1" -H 'Content-Type: application/json' "$at/api/v1/analyses/roi" \
            -d "{\"dataset\":\"shop\",\"words\":\"model\",\"parameters\":{\"seed\":$number}}" || return
        echo "$number" >>"$work/narrated"
    done
}
narrations() { curl -sf "$at/metrics" | sed -n 's/^mkt_narrations_running //p'; }

rate="$B/bench/http_rate"
roi=/api/v1/analyses/roi
plain='{"dataset":"shop","words":"plain","parameters":{"seed":%d}}'
any='{"dataset":"shop","parameters":{"seed":%d}}'
three() {
    "$rate" "$port" POST $roi --count 20 --connections 2 --body "$plain" --cycle 20 >/dev/null
    echo "$1, plain words, the same 20 questions again and again:"
    "$rate" "$port" POST $roi --rate 200 --seconds "$SECONDS_EACH" --body "$plain" --cycle 20
    echo "$1, plain words, another seed in every request:"
    "$rate" "$port" POST $roi --rate 200 --seconds "$SECONDS_EACH" --body "$plain" --cycle 1000000
}
three "no narration"
talk 5000000 &
talkers=$!
talk 5000001 &
talkers="$talkers $!"
for _ in $(seq 100); do
    [ "$(narrations)" = 2 ] && break
    sleep 0.1
done
echo "$(narrations) narrations are running"
three "while narrations run"
echo "while narrations run, words as they can be had, another seed in every request:"
"$rate" "$port" POST $roi --rate 200 --seconds "$SECONDS_EACH" --body "$any" --cycle 1000000
echo "        (target: p99 under 10 ms)"
echo "$(wc -l <"$work/narrated" 2>/dev/null || echo 0) narrations ended meanwhile; $(awk \
    '/^VmHWM/ { print $2 / 1024 }' "/proc/$service/status") MB the most in memory"
