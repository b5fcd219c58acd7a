# For the scripts beside this folder: a service of the program on loopback, with a registered data set
# "shop" of 10,000 rows, in a folder that goes away with it.
#
#     serve AGENT_CACHE_MB=64    starts it with these settings: its process in $service, its port in $port
#     stop                       ends it
#
# Processes in $peer and $talkers are ended, too. Environment: MKT_BIN (the program).

work=$(mktemp -d)
service='' peer='' talkers=''
# shellcheck disable=SC2317 # called by the trap
clean_up() {
    for one in $talkers $peer $service; do kill "$one" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT INT TERM

# 500 days, 5 channels, 4 campaigns each: 10,000 rows.
awk 'BEGIN {
    srand(7)
    print "date,channel,campaign,spend,impressions,clicks,conversions,revenue"
    split("search social email display video", channel, " ")
    for (day = 0; day < 500; day++) {
        date = strftime("%Y-%m-%d", 1704110400 + 86400 * day, 1)
        for (c = 1; c <= 5; c++)
            for (k = 1; k <= 4; k++) {
                shown = 1000 + int(8000 * rand())
                clicks = int(shown * (.01 + .04 * rand()))
                sold = int(clicks * (.02 + .08 * rand()))
                printf "%s,%s,%s-%d,%.2f,%d,%d,%d,%.2f\n", date, channel[c], channel[c], k,
                    50 + 250 * rand(), shown, clicks, sold, sold * (30 + 50 * rand())
            }
    }
}' >"$work/shop.csv"

serve() {
    rm -rf "$work/data"
    env AGENT_LOG_LEVEL=warn AGENT_DATA_DIR="$work/data" AGENT_API_PORT=0 "$@" \
        "$MKT_BIN" serve 2>"$work/log" &
    service=$!
    port=''
    for _ in $(seq 100); do
        port=$(sed -n 's/.*http:\/\/127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/log")
        [ -z "$port" ] || break
        sleep 0.1
    done
    [ -n "$port" ] || { cat "$work/log" >&2; exit 1; }
    curl -sSf -o /dev/null -X PUT -H 'Content-Type: text/csv' --data-binary @"$work/shop.csv" \
        "http://127.0.0.1:$port/api/v1/datasets/shop"
}

stop() {
    kill "$service"
    wait "$service"
    service=''
}
