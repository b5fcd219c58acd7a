#!/bin/sh
# tools/layers finds each kind of violation, and nothing in a clean tree.
set -u
tree=$(mktemp -d)
src=$tree/src
mkdir "$src" "$tree/tests"
trap 'rm -rf "$tree"' EXIT
echo 1..18
count=0

# The clean tree each case starts from.
lay() {
    rm -rf "${src:?}"/*
    mkdir "$src/low" "$src/high"
    touch "$tree/tests/a_test.c"
    printf '%s\n' '# comment' 'low:' 'high: low' '<lib.h>: low' '<pack/>: low' \
        'malloc(): low' >"$src/LAYERS"
    printf '%s\n' '/* a comment that calls' ' * malloc( and' '   #include "high/b.h"' \
        ' * Checked  tests/a_test.c' ' */' \
        '#ifndef MKT_LOW_A_H' '#define MKT_LOW_A_H' '#include <lib.h>' '#include <pack/x.h>' \
        'struct mkt_thing {' '    int x;' '};' 'typedef enum { MKT_X } mkt_kind;' \
        'int mkt_a_make(struct mkt_thing *thing);' 'const char *mkt_kind_name(mkt_kind kind);' \
        'MKT_MUST_CHECK mkt_status mkt_thing_add(int a,' '    int b);' \
        'extern const char *const mkt_kind_text[3];' \
        'static inline int mkt_a_twice(int x)' '{' '    return use(x);' '}' \
        '#endif' >"$src/low/a.h"
    printf '%s\n' '#include "low/a.h"' '' '#include <stdio.h>' 'void *p = malloc(1);' >"$src/low/a.c"
    printf '%s\n' '#include <stdio.h>' '#include "low/a.h"' 'int mkt_b_run(void);' >"$src/high/b.h"
    printf '%s\n' '#include "high/b.h"' '#include "low/a.h"' 'x = "malloc(";' 'mkt_malloc(1);' >"$src/high/b.c"
}

# case NAME PATTERN: the tree as it now is gives a complaint that holds PATTERN; '' for none.
case_of() {
    count=$((count + 1))
    if said=$(tools/layers "$src" 2>&1); then code=0; else code=1; fi
    if [ -z "$2" ] && [ $code = 0 ]; then
        echo "ok $count - $1"
    elif [ -n "$2" ] && [ $code = 1 ] && [ "$(echo "$said" | grep -c .)" = 1 ] &&
        echo "$said" | grep -qF "$2"; then
        echo "ok $count - $1"
    else
        printf 'not ok %d - %s\n%s\n' $count "$1" "$said"
    fi
}

lay
case_of 'a clean tree' ''

lay; echo '#include "high/b.h"' >>"$src/low/a.c"
case_of 'an include against the direction' 'src/low/a.c:5: low may not include high'

lay; echo '#include "a.h"' >>"$src/low/a.c"
case_of 'an include without its room' '"a.h" is not "room/file.h"'

lay; echo '#include "../low/a.h"' >>"$src/high/b.c"
case_of 'an include with a path' 'is not "room/file.h"'

lay; echo '#include <lib.h>' >>"$src/high/b.c"
case_of 'an outside header in the wrong room' 'only low may know <lib.h>'

lay; echo '#include <pack/deep/y.h>' >>"$src/high/b.h"
case_of 'an outside folder in the wrong room' 'only low may know <pack/deep/y.h>'

lay; printf '%s\n' '#include <stdio.h>' '#include "low/a.h"' >"$src/low/a.c"
case_of 'the own header not first' 'src/low/a.c:1: the first include is not "low/a.h"'

lay; echo 'p = malloc(3);' >>"$src/high/b.c"
case_of 'a call in the wrong room' 'src/high/b.c:5: only low may call malloc()'

lay; echo 'int mkt_other_run(void);' >>"$src/high/b.h"
case_of 'a function not named after its file' 'mkt_other_run is neither mkt_b_'

lay; echo 'int helper(void);' >>"$src/high/b.h"
case_of 'a function without the prefix' 'helper is neither'

lay; echo 'MKT_MUST_CHECK mkt_status mkt_thing_run(int a,' >>"$src/high/b.h"
case_of "a function named after another header's type" 'mkt_thing_run is neither'

lay; echo 'extern const int mkt_table[];' >>"$src/high/b.h"
case_of 'data not named after its file' 'mkt_table is neither'

lay; echo '#define LIMIT 3' >>"$src/high/b.h"
case_of 'a macro without the prefix' 'the macro LIMIT is not MKT_'

lay; echo '/* none */' >"$src/high/a.h"
case_of 'two headers of one name' 'a.h stands in high too'

lay; mkdir "$src/attic"; echo '/* none */' >"$src/attic/c.c"
case_of 'a room that LAYERS does not name' 'LAYERS does not name the room attic'

lay; echo '/* Checked  tests/a_test.c, tests/b_test.c */' >>"$src/high/b.h"
case_of 'a test that is not there' 'src/high/b.h:4: there is no tests/b_test.c'

lay; echo '/* Checked  a_test.c */' >>"$src/high/b.h"
case_of 'a test without its folder' 'src/high/b.h:4: Checked names no file of tests/'

lay; echo '/* Checked  tests/{a,b}_test.c */' >>"$src/high/b.h"
case_of 'tests that a search cannot find' 'there is no tests/{a'
