#!/bin/sh
# The service under load, on loopback, in one run:
#   roi of a registered data set of 10,000 rows at 200 requests a second (open loop): p50 and p99,
#   once with answers that were given before and once with another seed in every request;
#   GET /health beside a FastAPI service that returns a constant, one worker each;
#   resident memory after 1,000 and after 100,000 requests.
#
# Environment: MKT_BIN (the program), B (the build folder), SECONDS_EACH (20).
set -eu
cd "$(dirname "$0")/.."
: "${B:=build/release}" "${MKT_BIN:=$B/marketing-agent}" "${SECONDS_EACH:=20}"
python=/usr/bin/python3 # Debian's, which has Debian's packages
. bench/lib/service.sh

resident() { awk '/^VmRSS/ { print $2 }' "/proc/$service/status"; }

rate="$B/bench/http_rate"
ask='{"dataset":"shop","parameters":{"seed":%d}}'
roi=/api/v1/analyses/roi

serve AGENT_WORDS=plain AGENT_CACHE_MB=64
"$rate" "$port" POST $roi --count 20 --connections 2 --body "$ask" --cycle 20 >/dev/null
echo "roi, 10,000 rows, 200 a second, the same 20 questions again and again:"
"$rate" "$port" POST $roi --rate 200 --seconds "$SECONDS_EACH" --body "$ask" --cycle 20
echo "roi, 10,000 rows, 200 a second, another seed in every request:"
"$rate" "$port" POST $roi --rate 200 --seconds "$SECONDS_EACH" --body "$ask" --cycle 1000000
echo "        (target: p99 under 10 ms)"

wrk_rate() { wrk -t1 -c32 -d"${2}s" "$1" | awk '/^Requests\/sec/ { print $2 }'; }
if $python -c 'import fastapi, uvicorn' 2>/dev/null && command -v wrk >/dev/null; then
    cat >"$work/constant.py" <<'PY'
from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
async def health():
    return {"status": "healthy", "service": "constant"}
PY
    # beside_fastapi WORDS uvicorn-options...: both in turn, so that they see the same machine
    beside_fastapi() {
        said=$1
        shift
        peer_port=$($python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        (cd "$work" && exec $python -m uvicorn constant:app --port "$peer_port" --log-level warning "$@") &
        peer=$!
        for _ in $(seq 100); do
            curl -s -o /dev/null "http://127.0.0.1:$peer_port/health" && break
            sleep 0.1
        done
        ours=0 theirs=0
        for _ in 1 2 3; do
            ours="$ours $(wrk_rate "http://127.0.0.1:$port/health" 3)"
            theirs="$theirs $(wrk_rate "http://127.0.0.1:$peer_port/health" 3)"
        done
        kill "$peer"
        wait "$peer" 2>/dev/null || true
        peer=''
        echo "$ours / $theirs" | awk -v said="$said" '{
            for (i = 2; i <= 4; i++) { a += $i / 3; b += $(i + 5) / 3 }
            printf "GET /health: %.0f a second; FastAPI constant, %s: %.0f a second; ratio %.1f (target: 10)\n", a, said, b, a / b
        }'
    }
    beside_fastapi "uvicorn's own loop" --loop asyncio --http h11
    beside_fastapi "with uvloop and httptools" --loop uvloop --http httptools
else
    echo "GET /health beside FastAPI: skipped, no python3-fastapi, uvicorn or wrk"
fi
stop

# Every 20th request is a roi with a new seed. The cache is as small as a thousand requests fill.
serve AGENT_WORDS=plain AGENT_CACHE_MB=8
"$rate" "$port" GET /health --count 2 >/dev/null
"$rate" "$port" POST $roi --count 1000 --every 20 --connections 8 --body "$ask" --cycle 1000000 >/dev/null
first=$(resident)
"$rate" "$port" POST $roi --count 99000 --every 20 --connections 8 --body "$ask" --cycle 1000000 >/dev/null
last=$(resident)
stop
awk -v a="$first" -v b="$last" 'BEGIN {
    printf "resident memory: %.1f MB after 1,000 requests, %.1f MB after 100,000: %+.1f %% (target: within 5 %%)\n",
        a / 1024, b / 1024, 100 * (b - a) / a
}'
