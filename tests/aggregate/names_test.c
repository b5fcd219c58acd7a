/* Names get numbers in the order they come; sorted, equal sets have equal numbers. */
#include "aggregate/names_recent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena open_arena(void)
{
    struct mkt_arena arena;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, 16U << 20, &err), MKT_OK);
    return arena;
}

static uint32_t code(struct mkt_names *names, const char *text)
{
    uint32_t out;
    struct mkt_err err = {0};
    assert_int_equal(mkt_names_code(names, text, strlen(text), &out, &err), MKT_OK);
    return out;
}

static void numbers_come_in_order(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_names names;
    mkt_names_init(&names, &arena);
    char text[16];
    for (uint32_t i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "name %u", i * 7919 % 5000);
        assert_int_equal(code(&names, text), i);
    }
    assert_int_equal(code(&names, "name 0"), 0);
    assert_int_equal(code(&names, "name"), 5000); /* a beginning of others */
    assert_int_equal(code(&names, ""), 5001);
    mkt_arena_close(&arena);
}

/* Names alike at both ends, of every length, many more than are remembered. */
static void recent_names_are_the_same(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_names names, plain;
    static struct mkt_names_recent recent;
    struct mkt_err err = {0};
    mkt_names_init(&names, &arena);
    mkt_names_init(&plain, &arena);
    for (uint32_t i = 0; i < 20000; i++) {
        char text[64];
        size_t n = mkt_names_mix(i) % 40;
        memset(text, 'a', sizeof text);
        if (n) text[mkt_names_mix(i + 1) % n] = (char)('a' + mkt_names_mix(i + 2) % 3);
        text[n] = '\0';
        uint32_t got;
        assert_int_equal(mkt_names_recent_code(&recent, &names, text, n, &got, &err), MKT_OK);
        assert_int_equal(got, code(&plain, text));
    }
    assert_true(names.count > 2 * MKT_NAMES_RECENT);
    mkt_arena_close(&arena);
}

static void sorting_renumbers(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_names names;
    struct mkt_err err = {0};
    uint32_t rank[4];
    mkt_names_init(&names, &arena);
    code(&names, "pear");
    code(&names, "apple");
    code(&names, "\xc3\xa9t\xc3\xa9");
    code(&names, "fig");
    assert_int_equal(mkt_names_sort(&names, rank, &err), MKT_OK);
    const uint32_t expected[] = {2, 0, 3, 1};
    assert_memory_equal(rank, expected, sizeof rank);
    assert_int_equal(code(&names, "pear"), 2);
    assert_int_equal(code(&names, "new"), 4);
    mkt_arena_close(&arena);
}

static void hashes_tell_bytes_apart(void **state)
{
    (void)state;
    assert_true(mkt_names_hash("abc", 3) != mkt_names_hash("abc\0", 4));
    assert_true(mkt_names_hash("abcdefgh", 8) != mkt_names_hash("abcdefgi", 8));
    assert_true(mkt_names_hash("abcdefgh1", 9) != mkt_names_hash("abcdefgh2", 9));
    int piles[16] = {0}; /* the first bits are spread: consecutive numbers fall everywhere */
    for (uint64_t i = 0; i < 16000; i++) piles[mkt_names_mix(i) >> 60]++;
    for (int i = 0; i < 16; i++) assert_in_range(piles[i], 850, 1150);
}

static mkt_status steps(struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_names names;
    uint32_t out, rank[100];
    char text[16];
    mkt_names_init(&names, arena);
    for (int i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "%d", i);
        MKT_TRY(mkt_names_code(&names, text, strlen(text), &out, err));
    }
    return mkt_names_sort(&names, rank, err);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_err err = {0};
    assert_int_equal(steps(&arena, &err), MKT_OK);
    size_t needed = arena.allocations;
    for (size_t k = 1; k <= needed; k++) {
        mkt_arena_reset(&arena, 0);
        mkt_err_clear(&err);
        arena.fail_at = k;
        assert_int_equal(steps(&arena, &err), MKT_E_NOMEM);
    }
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_in_order),     cmocka_unit_test(recent_names_are_the_same),
        cmocka_unit_test(sorting_renumbers),         cmocka_unit_test(hashes_tell_bytes_apart),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
