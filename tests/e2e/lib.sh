# For the scripts beside it: where the program is, a folder that goes away, and TAP.
#
#     plan 3
#     check "what must hold" command...     passes when the command succeeds
#     says "what" CODE TEXT command...      passes when it ends with CODE and says TEXT on stderr
#     needs node curl                       skips the script where one is not installed
#     needs_peers                           skips it where the published clients are not in build/peers
#     serve NAME=VALUE...                   a service with these settings: $server, its $url

bin=${MKT_BIN:-build/release/marketing-agent}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill $server; wait $server; } 2>/dev/null; rm -rf "$work"' EXIT
count=0

# No model but a test's own.
export AGENT_MODEL_DIR="$work/models"
unset AGENT_MODEL_PATH AGENT_LLM_URL AGENT_WORDS

skip() {
    echo "1..0 # SKIP $1"
    exit 77
}

needs() {
    for need in "$@"; do
        command -v "$need" >/dev/null || skip "$need is not installed"
    done
}

needs_peers() {
    [ -e build/peers/node_modules/.ok ] || skip "the clients are not in build/peers"
}

serve() {
    env "$@" "$bin" serve --port 0 2>"$work/log" &
    server=$!
    url=
    for _ in $(seq 100); do
        url=$(sed -n 's/^marketing-agent listens on //p' "$work/log")
        [ "$url" ] && break
        sleep 0.1
    done
}

plan() {
    echo "1..$1"
}

result() { # STATUS TEXT
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $count - $2"
    else
        echo "not ok $count - $2"
        [ -s "$work/said" ] && sed 's/^/# /' "$work/said" | head -n 20
    fi
}

check() {
    what=$1
    shift
    "$@" >"$work/said" 2>&1
    result $? "$what"
}

says() {
    what=$1 code=$2 text=$3
    shift 3
    "$@" >"$work/out" 2>"$work/said"
    got=$?
    if [ "$got" -eq "$code" ] && grep -qF -e "$text" "$work/said"; then
        result 0 "$what"
    else
        echo "# ended with $got, expected $code and: $text" >>"$work/said"
        result 1 "$what"
    fi
}
