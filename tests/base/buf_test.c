/* A buffer holds what was added; once the arena is full it says so, and only at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

#define ARENA_BYTES (1 << 20)
#include "arena_fixture.h"

static void it_holds_what_was_added(void **state)
{
    (void)state;
    struct mkt_buf buf;
    struct mkt_err err = {0};
    char expected[8192];
    size_t n = 0;
    mkt_buf_init(&buf, &arena);
    assert_string_equal(buf.data, "");
    for (int i = 0; i < 500; i++) {
        n += (size_t)snprintf(expected + n, sizeof expected - n, "%d|%s-", i, i % 7 ? "ab" : "");
        mkt_buf_printf(&buf, "%d", i);
        mkt_buf_char(&buf, '|');
        mkt_buf_str(&buf, i % 7 ? "ab" : "");
        mkt_buf_add(&buf, "-junk", 1);
        assert_int_equal(buf.length, n);
        assert_int_equal(buf.data[n], '\0');
    }
    assert_string_equal(buf.data, expected);
    assert_int_equal(mkt_buf_check(&buf, &err), MKT_OK);
}

static void every_length_around_its_capacity_fits(void **state)
{
    (void)state;
    for (size_t first = 250; first < 260; first++) {
        for (size_t then = 0; then < 600; then += 37) {
            struct mkt_buf buf;
            mkt_arena_reset(&arena, 1 << 20);
            mkt_buf_init(&buf, &arena);
            mkt_buf_printf(&buf, "%0*d", (int)first, 0);
            if (then) mkt_buf_printf(&buf, "%0*d", (int)then, 0);
            assert_int_equal(buf.length, first + then);
            assert_int_equal(strlen(buf.data), first + then);
        }
    }
}

static void bytes_may_hold_nul(void **state)
{
    (void)state;
    struct mkt_buf buf;
    mkt_buf_init(&buf, &arena);
    mkt_buf_add(&buf, "a\0b", 3);
    assert_int_equal(buf.length, 3);
    assert_memory_equal(buf.data, "a\0b", 4);
}

static void a_full_arena_fails_once_and_for_all(void **state)
{
    (void)state;
    for (size_t fail_at = 1; fail_at <= 4; fail_at++) {
        struct mkt_buf buf;
        struct mkt_err err = {0};
        mkt_arena_reset(&arena, 0);
        arena.fail_at = fail_at;
        mkt_buf_init(&buf, &arena);
        for (int i = 0; i < 3000; i++) {
            mkt_buf_str(&buf, "0123456789");
            if (!buf.failed) continue;
            size_t length = buf.length;
            mkt_buf_printf(&buf, "%s", "more");
            mkt_buf_char(&buf, 'c');
            assert_int_equal(buf.length, length);
        }
        assert_int_equal(mkt_buf_check(&buf, &err), MKT_E_NOMEM);
        assert_true(buf.length % 10 == 0); /* nothing was added in part */
        arena.fail_at = 0;
        mkt_buf_str(&buf, "room again");
        assert_int_equal(mkt_buf_check(&buf, &(struct mkt_err){0}), MKT_E_NOMEM);
    }
}

static void names_stand_in_a_list(void **state)
{
    (void)state;
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    for (size_t n = 1; n <= 3; n++)
        for (size_t i = 0; i < n; i++) {
            mkt_buf_between(&out, i, n, " and ");
            mkt_buf_char(&out, (char)('a' + i));
        }
    assert_string_equal(out.data, "aa and ba, b and c");
}

/* The list as a caller writes it. */
static const char *listed(size_t n, size_t most)
{
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    for (size_t i = 0; i < n; i++)
        if (mkt_buf_listed(&out, i, n, most)) mkt_buf_printf(&out, "%c", (char)('a' + i % 26));
    return out.data;
}

static void long_lists_tell_how_many_are_left(void **state)
{
    (void)state;
    assert_string_equal(listed(0, 3), "");
    assert_string_equal(listed(1, 3), "a");
    assert_string_equal(listed(2, 1), "a and 1 more");
    assert_string_equal(listed(3, 3), "a, b and c");
    assert_string_equal(listed(4, 3), "a, b, c and 1 more");
    assert_string_equal(listed(1239, 3), "a, b, c and 1,236 more");
}

static void what_others_wrote_becomes_a_sentence(void **state)
{
    (void)state;
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    mkt_buf_sentence(&out, "one");
    mkt_buf_sentence(&out, " two.");
    mkt_buf_sentence(&out, "ärger?");
    mkt_buf_sentence(&out, "ads_basic.csv has it");
    assert_string_equal(out.data, "One. two.ärger?ads_basic.csv has it.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_holds_what_was_added),
        cmocka_unit_test(every_length_around_its_capacity_fits),
        cmocka_unit_test(bytes_may_hold_nul),
        cmocka_unit_test(names_stand_in_a_list),
        cmocka_unit_test(what_others_wrote_becomes_a_sentence),
        cmocka_unit_test(long_lists_tell_how_many_are_left),
        cmocka_unit_test(a_full_arena_fails_once_and_for_all),
    };
    return cmocka_run_group_tests(tests, arena_open, arena_close);
}
