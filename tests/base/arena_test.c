/* The arena: zeroed, aligned, limited, and every allocation fails once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

#define KB 1024

static bool all_zero(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i]) return false;
    return true;
}

static struct mkt_arena opened(size_t capacity)
{
    struct mkt_arena arena;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, capacity, &err), MKT_OK);
    return arena;
}

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct mkt_arena arena = opened(64 * KB);
    char *last_end = NULL;
    for (size_t n = 0; n < 200; n++) {
        char *p = mkt_arena_alloc(&arena, n, 1);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        assert_true(all_zero(p, n));
        assert_true(!last_end || p >= last_end);
        memset(p, 0xAB, n);
        last_end = p + n;
    }
    mkt_arena_close(&arena);
    assert_null(arena.base);
    mkt_arena_close(&arena); /* a second time does nothing */
}

static void every_capacity_is_kept_to(void **state)
{
    (void)state;
    for (size_t capacity = 0; capacity <= 9 * KB; capacity += capacity < 300 ? 1 : 97) {
        struct mkt_arena arena = opened(capacity);
        size_t sum = 0;
        for (size_t n = 1;; n = n % 61 + 7) {
            char *p = mkt_arena_alloc(&arena, n, 1);
            if (!p) break;
            assert_true(p + n <= arena.base + capacity);
            memset(p, 0xCD, n);
            sum += n;
            assert_true(arena.used <= capacity);
        }
        assert_true(sum <= capacity);
        assert_null(mkt_arena_alloc(&arena, capacity + 1, 1));
        mkt_arena_close(&arena);
    }
}

static void sizes_that_overflow_are_refused(void **state)
{
    (void)state;
    struct mkt_arena arena = opened(KB);
    assert_null(mkt_arena_alloc(&arena, SIZE_MAX, 2));
    assert_null(mkt_arena_alloc(&arena, SIZE_MAX, 1));
    assert_null(mkt_arena_alloc(&arena, SIZE_MAX / 2 + 1, 2));
    assert_non_null(mkt_arena_alloc(&arena, 1, 1)); /* and it goes on */
    mkt_arena_close(&arena);
}

static void address_space_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, SIZE_MAX / 2, &err), MKT_E_NOMEM);
    assert_non_null(strstr(err.text, "address space"));
    mkt_arena_close(&arena);
}

static void released_memory_comes_back_zeroed(void **state)
{
    (void)state;
    struct mkt_arena arena = opened(64 * KB);
    char *kept = mkt_arena_alloc(&arena, 100, 1);
    memset(kept, 1, 100);
    size_t mark = mkt_arena_mark(&arena);
    for (size_t size = 1; size < 20 * KB; size = size * 3 + 1) {
        char *scratch = mkt_arena_alloc(&arena, size, 1);
        assert_true(all_zero(scratch, size));
        memset(scratch, 0xEE, size);
        mkt_arena_release(&arena, mark);
        assert_int_equal(mkt_arena_mark(&arena), mark);
    }
    for (int i = 0; i < 100; i++) assert_int_equal(kept[i], 1);
    mkt_arena_close(&arena);
}

static void reset_zeroes_whatever_is_kept(void **state)
{
    (void)state;
    const size_t keeps[] = {0, 1, 4096, 5000, 3 * 4096, 1 << 20};
    for (size_t k = 0; k < sizeof keeps / sizeof *keeps; k++) {
        struct mkt_arena arena = opened(64 * KB);
        for (int round = 0; round < 3; round++) {
            char *p = mkt_arena_alloc(&arena, 50 * KB, 1);
            assert_true(all_zero(p, 50 * KB));
            memset(p, 0x77, 50 * KB);
            mkt_arena_reset(&arena, keeps[k]);
            assert_int_equal(arena.used, 0);
            assert_int_equal(arena.allocations, 0);
            char *small = mkt_arena_alloc(&arena, 10, 1); /* then past what is kept */
            assert_true(all_zero(small, 10));
            mkt_arena_reset(&arena, keeps[k]);
        }
        mkt_arena_close(&arena);
    }
}

static void growing_keeps_the_bytes_and_zeroes_the_new(void **state)
{
    (void)state;
    for (int in_place = 0; in_place < 2; in_place++) {
        struct mkt_arena arena = opened(256 * KB);
        memset(mkt_arena_alloc(&arena, 100 * KB, 1), 0xFF, 100 * KB); /* dirt to grow into */
        mkt_arena_release(&arena, 0);

        char *p = mkt_arena_grow(&arena, NULL, 0, 10);
        assert_true(all_zero(p, 10));
        size_t size = 10;
        memset(p, 'x', size);
        while (size < 50 * KB) {
            if (!in_place) assert_non_null(mkt_arena_alloc(&arena, 1, 1));
            size_t more = size + size / 2 + 1;
            char *q = mkt_arena_grow(&arena, p, size, more);
            assert_non_null(q);
            if (in_place) assert_ptr_equal(q, p);
            for (size_t i = 0; i < size; i++) assert_int_equal(q[i], 'x');
            assert_true(all_zero(q + size, more - size));
            memset(q, 'x', more);
            p = q;
            size = more;
        }
        char *less = mkt_arena_grow(&arena, p, size, 3);
        assert_memory_equal(less, "xxx", 3);
        mkt_arena_close(&arena);
    }
}

static void growth_that_does_not_fit_leaves_the_old(void **state)
{
    (void)state;
    struct mkt_arena arena = opened(KB);
    char *p = mkt_arena_strdup(&arena, "stays");
    size_t used = arena.used;
    assert_null(mkt_arena_grow(&arena, p, 6, 2 * KB));
    assert_int_equal(arena.used, used);
    assert_string_equal(p, "stays");

    char *next = mkt_arena_alloc(&arena, 8, 1); /* does not lie over the old one */
    memset(next, 0xAA, 8);
    assert_string_equal(p, "stays");
    mkt_arena_close(&arena);
}

static void each_allocation_can_be_made_to_fail(void **state)
{
    (void)state;
    for (size_t fail_at = 1; fail_at <= 12; fail_at++) {
        struct mkt_arena arena = opened(16 * KB);
        arena.fail_at = fail_at;
        size_t good = 0;
        while (good < 20 && mkt_arena_alloc(&arena, 8, 1)) good++;
        assert_int_equal(good, fail_at - 1);
        assert_null(mkt_arena_strdup(&arena, "still full"));
        mkt_arena_close(&arena);
    }
}

static void pushed_elements_keep_their_values(void **state)
{
    (void)state;
    struct mkt_arena arena = opened(1 << 20);
    struct pair {
        int64_t a, b, c;
    } *list = NULL;
    size_t count = 0, capacity = 0;
    for (int i = 0; i < 2000; i++) {
        struct pair *p = mkt_arena_push(&arena, &list, &count, &capacity, sizeof *p);
        assert_non_null(p);
        assert_ptr_equal(p, &list[i]);
        assert_int_equal(p->b, 0);
        *p = (struct pair){i, -i, i * 3};
    }
    assert_int_equal(count, 2000);
    assert_true(capacity >= count);
    for (int i = 0; i < 2000; i++) assert_int_equal(list[i].c, i * 3);
    mkt_arena_close(&arena);
}

static void a_push_that_does_not_fit_changes_nothing(void **state)
{
    (void)state;
    struct mkt_arena arena = opened(KB);
    int *list = NULL, pushed = 0;
    size_t count = 0, capacity = 0;
    for (;; pushed++) {
        int *p = mkt_arena_push(&arena, &list, &count, &capacity, sizeof *p);
        if (!p) break;
        *p = pushed;
    }
    assert_true(pushed >= 8);
    assert_int_equal(count, pushed);
    for (int i = 0; i < pushed; i++) assert_int_equal(list[i], i);
    mkt_arena_close(&arena);
}

static void strings_are_copied_and_printed(void **state)
{
    (void)state;
    struct mkt_arena arena = opened(4 * KB);
    assert_string_equal(mkt_arena_strdup(&arena, ""), "");
    assert_string_equal(mkt_arena_strndup(&arena, "abcdef", 3), "abc");
    assert_string_equal(mkt_arena_printf(&arena, "%d-%s", 42, "x"), "42-x");
    char *long_text = mkt_arena_printf(&arena, "%0500d", 7);
    assert_int_equal(strlen(long_text), 500);
    assert_int_equal(long_text[499], '7');
    assert_null(mkt_arena_printf(&arena, "%05000d", 7));
    mkt_arena_close(&arena);
}

static void a_full_arena_names_its_limit(void **state)
{
    (void)state;
    struct mkt_arena arena = opened(3 << 20);
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_full(&arena, &err), MKT_E_NOMEM);
    assert_non_null(strstr(err.text, "limit of 3 MB"));
    assert_non_null(strstr(err.text, "--memory on the command line")); /* what each can do */
    assert_non_null(strstr(err.text, "AGENT_REQUEST_MB by the operator"));
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(every_capacity_is_kept_to),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(address_space_that_is_not_there_is_an_error),
        cmocka_unit_test(released_memory_comes_back_zeroed),
        cmocka_unit_test(reset_zeroes_whatever_is_kept),
        cmocka_unit_test(growing_keeps_the_bytes_and_zeroes_the_new),
        cmocka_unit_test(growth_that_does_not_fit_leaves_the_old),
        cmocka_unit_test(each_allocation_can_be_made_to_fail),
        cmocka_unit_test(pushed_elements_keep_their_values),
        cmocka_unit_test(a_push_that_does_not_fit_changes_nothing),
        cmocka_unit_test(strings_are_copied_and_printed),
        cmocka_unit_test(a_full_arena_names_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
