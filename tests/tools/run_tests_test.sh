#!/bin/sh
# tools/run-tests counts single cases and lets no failure by.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/tests/room"
echo 1..12
count=0

program() { # NAME LINE...: a program made of these shell lines
    name=$dir/tests/room/$1
    shift
    printf '%s\n' '#!/bin/sh' "$@" >"$name"
    chmod +x "$name"
}

# expect NAME CODE LAST PATTERN PROGRAM...: status, last line, and a line that is shown ('' for any)
expect() {
    what=$1 code=$2 last=$3 pattern=$4
    shift 4
    for name in "$@"; do
        shift
        set -- "$@" "$dir/tests/room/$name"
    done
    said=$(TEST_SECONDS=2 tools/run-tests "$dir/logs" "$@" 2>&1)
    got=$?
    count=$((count + 1))
    if [ "$got" = "$code" ] && [ "$(echo "$said" | tail -n 1)" = "$last" ] &&
        echo "$said" | grep -qF -e "$pattern"; then
        echo "ok $count - $what"
    else
        printf 'not ok %d - %s\nstatus %s\n%s\n' $count "$what" "$got" "$said"
    fi
}

program good_test 'echo 1..2' 'echo "ok 1 - a"' 'echo "ok 2 - b"'
program skip_test 'echo 1..2' 'echo "ok 1 - a"' 'echo "why there is nothing here"' 'echo "not ok 2 # SKIP b"'
program bad_test 'echo 1..2' 'echo "ok 1 - a"' 'echo "not ok 2 - b"' 'echo "# 1 != 2"' 'exit 1'
program crash_test 'echo 1..3' 'echo "ok 1 - a"' 'kill -SEGV $$'
program early_test 'echo 1..3' 'echo "ok 1 - a"' 'exit 0'
program leak_test 'echo 1..1' 'echo "ok 1 - a"' 'echo "LeakSanitizer: 8 bytes"' 'exit 23'
program slow_test 'echo 1..1' 'sleep 30'
program plain.sh 'exit 0'
program plain_skip.sh 'exit 77'
program plain_bad.sh 'echo "what went wrong"' 'exit 3'
program reads.sh 'read -r line && exit 1' 'exit 0'

expect 'cases are counted' 0 '2 passed, 0 failed' 'room/good' good_test
expect 'skipped cases are counted and named' 0 '3 passed, 0 failed, 1 skipped' 'skipped: b' good_test skip_test
expect 'a failed case is shown' 1 '3 passed, 1 failed' '# 1 != 2' good_test bad_test
expect 'a crash is a failure' 1 '1 passed, 1 failed' 'crashed with signal 11 after 1 of 3 cases' crash_test
expect 'ending early is a failure' 1 '1 passed, 1 failed' 'after 1 of 3 cases' early_test
expect 'a bad end after good cases is a failure' 1 '1 passed, 1 failed' '| LeakSanitizer: 8 bytes' leak_test
expect 'a time limit is a failure' 1 '0 passed, 1 failed' 'ran out of its 2 seconds' slow_test
expect 'a script is one case' 0 '1 passed, 0 failed, 1 skipped' 'room/plain' plain.sh plain_skip.sh
expect 'a failed script shows its output' 1 '0 passed, 1 failed' '| what went wrong' plain_bad.sh
expect 'a program that is not there is a failure' 1 '2 passed, 1 failed' 'room/none' good_test none_test
expect 'there is nothing to read on stdin' 0 '1 passed, 0 failed' 'room/reads' reads.sh
expect 'nothing run is a failure' 1 '0 passed, 0 failed' 'passed'
