/* The arena of a test program, empty again for each test that asks.
 *
 * As group fixture: cmocka_run_group_tests(tests, arena_open, arena_close); as fixture of one test:
 * cmocka_unit_test_setup_teardown(f, arena_open, arena_close). Capacity: ARENA_BYTES, where defined
 * before this is included.
 */
#ifndef TESTS_ARENA_FIXTURE_H
#define TESTS_ARENA_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

#ifndef ARENA_BYTES
#define ARENA_BYTES ((size_t)1 << 30)
#endif

static struct mkt_arena arena;

static int arena_open(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    return mkt_arena_open(&arena, ARENA_BYTES, &err);
}

static int arena_close(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

#endif
