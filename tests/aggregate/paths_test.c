/* Paths are counted exactly: any order, any split, the same bytes. */
#include "aggregate/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_arena open_arena(void)
{
    struct mkt_arena arena;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, 256U << 20, &err), MKT_OK);
    return arena;
}

static void add(struct mkt_paths *p, const char *text, int64_t conversions, int64_t nulls,
                mkt_micro value)
{
    struct mkt_err err = {0};
    struct mkt_path_counts c = {conversions, nulls, value, 10 * conversions};
    assert_int_equal(mkt_paths_add_text(p, text, strlen(text), '>', &c, &err), MKT_OK);
}

static void finish(struct mkt_paths *p)
{
    struct mkt_err err = {0};
    assert_int_equal(mkt_paths_finish(p, &err), MKT_OK);
}

/* The path of names a, b, ..., or NULL. */
static const struct mkt_path *find(const struct mkt_paths *p, const char *text)
{
    for (size_t k = 0; k < p->paths; k++) {
        char have[256] = "";
        for (size_t i = 0; i < p->path[k].steps; i++) {
            if (i) strcat(have, ">");
            strcat(have, p->channel.name[mkt_paths_steps(p, &p->path[k])[i]]);
        }
        if (strcmp(have, text) == 0) return &p->path[k];
    }
    return NULL;
}

#define ROWS 900

/* Few channels and short paths, so that paths repeat. */
static const char *made(int k, char text[64])
{
    static const char *const name[] = {"search", "social", "mail", "tv"};
    unsigned s = (unsigned)k * 2654435761U >> 4;
    int steps = 1 + (int)(s % 4);
    text[0] = 0;
    for (int i = 0; i < steps; i++) {
        s = s * 1664525U + 1013904223U;
        if (i) strcat(text, i % 2 ? " > " : ">");
        strcat(text, name[s >> 30]);
    }
    return text;
}

static void add_rows(struct mkt_paths *p, int from, int to, int step)
{
    char text[64];
    for (int k = from; k < to; k++) {
        int row = k * step % ROWS;
        add(p, made(row, text), row % 3, row % 7, (mkt_micro)row * 1000003);
    }
}

static void assert_same(const struct mkt_paths *a, const struct mkt_paths *b)
{
    assert_int_equal(a->channel.count, b->channel.count);
    for (size_t i = 0; i < a->channel.count; i++)
        assert_string_equal(a->channel.name[i], b->channel.name[i]);
    assert_int_equal(a->paths, b->paths);
    assert_int_equal(a->steps, b->steps);
    assert_memory_equal(a->step, b->step, a->steps * sizeof *a->step);
    assert_memory_equal(a->path, b->path, a->paths * sizeof *a->path);
    assert_memory_equal(&a->total, &b->total, sizeof a->total);
    assert_memory_equal(&a->extent, &b->extent, sizeof a->extent);
}

static void reads_and_joins_paths(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_paths p;
    mkt_paths_init(&p, &arena);
    add(&p, "b > a >b", 2, 1, 5);
    add(&p, "  a  ", 1, 0, -3);
    add(&p, "b>a>b", 1, 4, 7);
    add(&p, "b > a", 0, 9, 0);
    finish(&p);
    assert_int_equal(p.paths, 3);
    const struct mkt_path *path = find(&p, "b>a>b");
    assert_non_null(path);
    const struct mkt_path_counts expected = {3, 5, 12, 30}, total = {4, 14, 9, 40};
    assert_memory_equal(&path->counts, &expected, sizeof expected);
    assert_memory_equal(&p.total, &total, sizeof total);
    assert_int_equal(find(&p, "a")->counts.value, -3);
    assert_string_equal(p.channel.name[0], "a");
    assert_int_equal(p.extent.longest, 3);
    assert_int_equal(p.extent.converting, 2); /* of three: b > a never does */
    assert_float_equal(p.extent.touches, 3 * 3 + 1, 0);
    add(&p, "a > a > a > b", 1, 0, 1);
    finish(&p);
    assert_int_equal(p.extent.longest, 4);
    assert_int_equal(p.extent.converting, 3);
    assert_float_equal(p.extent.touches, 3 * 3 + 1 + 4, 0);
    mkt_arena_close(&arena);
}

static void order_and_split_do_not_matter(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_err err = {0};
    struct mkt_paths whole, shuffled, left, right, tail;
    mkt_paths_init(&whole, &arena);
    mkt_paths_init(&shuffled, &arena);
    mkt_paths_init(&left, &arena);
    mkt_paths_init(&right, &arena);
    mkt_paths_init(&tail, &arena);
    add_rows(&whole, 0, ROWS, 1);
    add_rows(&shuffled, 0, ROWS, 7);
    finish(&whole);
    finish(&shuffled);
    assert_true(whole.paths > 50 && whole.paths < ROWS);
    assert_same(&whole, &shuffled);
    add_rows(&left, 0, 300, 1);
    finish(&left);
    add_rows(&right, 300, 500, 1);
    add_rows(&tail, 500, ROWS, 1);
    finish(&tail);
    assert_int_equal(mkt_paths_merge(&right, &tail, &err), MKT_OK);
    assert_int_equal(mkt_paths_merge(&left, &right, &err), MKT_OK);
    finish(&left);
    assert_same(&whole, &left);
    mkt_arena_close(&arena);
}

static void very_long_paths_fit(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_paths p;
    enum { N = 1000000 };
    char *text = malloc(4 * N);
    for (int i = 0; i < N; i++) memcpy(text + 4 * i, i % 2 ? "a > " : "b > ", 4);
    text[4 * N - 3] = 0;
    mkt_paths_init(&p, &arena);
    add(&p, text, 1, 0, 0);
    add(&p, text, 1, 0, 0);
    finish(&p);
    assert_int_equal(p.paths, 1);
    assert_int_equal(p.path[0].steps, N);
    assert_int_equal(p.path[0].counts.conversions, 2);
    free(text);
    mkt_arena_close(&arena);
}

static void refuses_a_missing_name_and_sums_too_large(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_paths p;
    mkt_paths_init(&p, &arena);
    const char *const bad[] = {"a > > b", "", " ", ">a", "a>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct mkt_err err = {0};
        struct mkt_path_counts c = {1, 0, 0, 0};
        assert_int_equal(mkt_paths_add_text(&p, bad[i], strlen(bad[i]), '>', &c, &err), MKT_E_DATA);
        assert_non_null(strstr(err.text, "no channel"));
        assert_int_equal(p.paths, 0);
    }
    struct mkt_err err = {0};
    struct mkt_path_counts c = {1, 0, INT64_MAX - 5, 0};
    assert_int_equal(mkt_paths_add_text(&p, "a", 1, '>', &c, &err), MKT_OK);
    c.value = 6;
    assert_int_equal(mkt_paths_add_text(&p, "b", 1, '>', &c, &err), MKT_E_LIMIT);
    mkt_arena_close(&arena);
}

static mkt_status steps(struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_paths a, b;
    char text[64];
    mkt_paths_init(&a, arena);
    mkt_paths_init(&b, arena);
    for (int i = 0; i < 300; i++) {
        struct mkt_path_counts c = {1, 0, 0, 0};
        made(i, text);
        MKT_TRY(mkt_paths_add_text(i % 2 ? &a : &b, text, strlen(text), '>', &c, err));
    }
    MKT_TRY(mkt_paths_merge(&a, &b, err));
    return mkt_paths_finish(&a, err);
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
        cmocka_unit_test(reads_and_joins_paths),
        cmocka_unit_test(order_and_split_do_not_matter),
        cmocka_unit_test(very_long_paths_fit),
        cmocka_unit_test(refuses_a_missing_name_and_sums_too_large),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
