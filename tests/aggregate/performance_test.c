/* Counting is exact: whatever the order of rows and however they are split, the same bytes. */
#include "aggregate/performance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ALL_MEASURES ((1U << MKT_MEASURES) - 1)
#define ALL_DIMENSIONS ((1U << MKT_DIMENSIONS) - 1)
#define ROWS 600

static struct mkt_performance_row made[ROWS];
static char made_name[ROWS][MKT_DIMENSIONS][16];

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

/* Rows with few channels and many campaigns, so that keys repeat; odd micros so that no double
 * could hold their sums by luck. */
static int make_rows(void **state)
{
    (void)state;
    uint32_t s = 7;
    for (int i = 0; i < ROWS; i++) {
        snprintf(made_name[i][0], 16, "channel %u", next(&s) % 3);
        snprintf(made_name[i][1], 16, "c%u", next(&s) % 40);
        snprintf(made_name[i][2], 16, "%s", next(&s) % 2 ? "new" : "");
        made[i] = (struct mkt_performance_row){.day = 20000 + (int32_t)(next(&s) % 9), .rows = 1};
        for (int d = 0; d < MKT_DIMENSIONS; d++) made[i].name[d] = made_name[i][d];
        for (int m = 0; m < MKT_MEASURES; m++)
            made[i].sum[m] = (mkt_micro)next(&s) * 1000003 - (m == MKT_REVENUE ? 99999999 : 0);
    }
    return 0;
}

static struct mkt_arena open_arena(void)
{
    struct mkt_arena arena;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, 64U << 20, &err), MKT_OK);
    return arena;
}

static void add_rows(struct mkt_performance *p, int from, int to, int step)
{
    struct mkt_err err = {0};
    for (int k = from; k < to; k++)
        assert_int_equal(mkt_performance_add(p, &made[k * step % ROWS], &err), MKT_OK);
}

static void finish(struct mkt_performance *p)
{
    struct mkt_err err = {0};
    assert_int_equal(mkt_performance_finish(p, &err), MKT_OK);
}

static void assert_same(const struct mkt_performance *a, const struct mkt_performance *b)
{
    assert_int_equal(a->cells, b->cells);
    assert_memory_equal(a->cell, b->cell, a->cells * sizeof *a->cell);
    for (int d = 0; d < MKT_DIMENSIONS; d++) {
        assert_int_equal(a->name_count[d], b->name_count[d]);
        for (size_t i = 0; i < a->name_count[d]; i++)
            assert_string_equal(a->names[d][i], b->names[d][i]);
    }
    assert_int_equal(a->measures, b->measures);
    assert_int_equal(a->dimensions, b->dimensions);
    assert_int_equal(a->data.first, b->data.first);
    assert_int_equal(a->data.last, b->data.last);
    assert_int_equal(a->rows, b->rows);
}

static void counts_what_a_loop_counts(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_performance p;
    mkt_performance_init(&p, &arena, ALL_MEASURES, ALL_DIMENSIONS);
    add_rows(&p, 0, ROWS, 1);
    finish(&p);
    assert_int_equal(p.rows, ROWS);
    int64_t rows = 0;
    for (size_t c = 0; c < p.cells; c++) {
        mkt_micro sum[MKT_MEASURES] = {0};
        for (int i = 0; i < ROWS; i++) {
            bool same = made[i].day == p.cell[c].day;
            for (int d = 0; d < MKT_DIMENSIONS; d++)
                same = same && strcmp(made[i].name[d], p.names[d][p.cell[c].name[d]]) == 0;
            for (int m = 0; m < MKT_MEASURES; m++)
                if (same) sum[m] += made[i].sum[m];
        }
        assert_memory_equal(sum, p.cell[c].sum, sizeof sum);
        rows += p.cell[c].rows;
    }
    assert_int_equal(rows, ROWS);
    mkt_arena_close(&arena);
}

static void is_in_order_and_unique(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_performance p;
    mkt_performance_init(&p, &arena, ALL_MEASURES, ALL_DIMENSIONS);
    add_rows(&p, 0, ROWS, 1);
    finish(&p);
    for (int d = 0; d < MKT_DIMENSIONS; d++)
        for (size_t i = 1; i < p.name_count[d]; i++)
            assert_true(strcmp(p.names[d][i - 1], p.names[d][i]) < 0);
    for (size_t i = 1; i < p.cells; i++) {
        const struct mkt_performance_cell *a = &p.cell[i - 1], *b = &p.cell[i];
        int order = 0;
        for (int d = 0; d < MKT_DIMENSIONS && !order; d++)
            order = (a->name[d] > b->name[d]) - (a->name[d] < b->name[d]);
        if (!order) order = (a->day > b->day) - (a->day < b->day);
        assert_int_equal(order, -1);
    }
    mkt_arena_close(&arena);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_performance a, b;
    mkt_performance_init(&a, &arena, ALL_MEASURES, ALL_DIMENSIONS);
    mkt_performance_init(&b, &arena, ALL_MEASURES, ALL_DIMENSIONS);
    add_rows(&a, 0, ROWS, 1);
    add_rows(&b, 0, ROWS, 7); /* 7 and 600 share no factor: a permutation */
    finish(&a);
    finish(&b);
    assert_same(&a, &b);
    mkt_arena_close(&arena);
}

static void merge_is_associative_and_equals_counting_at_once(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_err err = {0};
    struct mkt_performance whole, part[3], left, right, tail;
    mkt_performance_init(&whole, &arena, 0x3f, 7);
    add_rows(&whole, 0, ROWS, 1);
    finish(&whole);
    for (int i = 0; i < 3; i++) {
        mkt_performance_init(&part[i], &arena, 3U << 2 * i, 1U << i); /* united by the merge */
        add_rows(&part[i], i * 200, (i + 1) * 200, 1);
        if (i != 1) finish(&part[i]); /* finished or not */
    }
    mkt_performance_init(&left, &arena, 0, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(mkt_performance_merge(&left, &part[i], &err), MKT_OK);
    finish(&left);
    mkt_performance_init(&tail, &arena, 0, 0);
    assert_int_equal(mkt_performance_merge(&tail, &part[1], &err), MKT_OK);
    assert_int_equal(mkt_performance_merge(&tail, &part[2], &err), MKT_OK);
    mkt_performance_init(&right, &arena, 0, 0);
    assert_int_equal(mkt_performance_merge(&right, &part[0], &err), MKT_OK);
    assert_int_equal(mkt_performance_merge(&right, &tail, &err), MKT_OK);
    finish(&right);
    assert_same(&left, &whole);
    assert_same(&right, &whole);
    mkt_arena_close(&arena);
}

static void more_may_be_added_after_finishing(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_performance once, twice;
    mkt_performance_init(&once, &arena, 1, 1);
    mkt_performance_init(&twice, &arena, 1, 1);
    add_rows(&once, 0, ROWS, 1);
    finish(&once);
    add_rows(&twice, 0, 250, 1);
    finish(&twice);
    add_rows(&twice, 250, ROWS, 1);
    finish(&twice);
    assert_same(&once, &twice);
    mkt_arena_close(&arena);
}

/* Keys wider than 64 bits are sorted in two goes: days 80 years apart, many names. */
static void sorts_wide_keys(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_performance p;
    struct mkt_err err = {0};
    mkt_performance_init(&p, &arena, 1, 7);
    enum { N = 1 << 17 };
    for (uint32_t i = 0; i < N; i++) {
        uint32_t k = i * 40503U % N; /* odd factor: a permutation */
        char a[16], b[16], c[16];
        snprintf(a, 16, "a%06u", k);
        snprintf(b, 16, "b%06u", N - k);
        snprintf(c, 16, "c%06u", k ^ 77);
        struct mkt_performance_row row = {(int32_t)(k * 1000003U % 30000), {a, b, c}, {1}, 1};
        assert_int_equal(mkt_performance_add(&p, &row, &err), MKT_OK);
    }
    finish(&p);
    assert_int_equal(p.cells, N);
    for (size_t i = 0; i < p.cells; i++) assert_int_equal(p.cell[i].name[0], i);
    mkt_arena_close(&arena);
}

static void refuses_sums_too_large(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_performance p;
    struct mkt_err err = {0};
    struct mkt_performance_row row = {.day = 1, .name = {"a", "", ""}, .rows = 1};
    row.sum[MKT_REVENUE] = INT64_MAX - 5;
    mkt_performance_init(&p, &arena, ALL_MEASURES, 1);
    assert_int_equal(mkt_performance_add(&p, &row, &err), MKT_OK);
    row.sum[MKT_REVENUE] = 6;
    assert_int_equal(mkt_performance_add(&p, &row, &err), MKT_E_LIMIT); /* the same key */
    assert_non_null(strstr(err.text, "revenue"));
    assert_int_equal(p.cell[0].sum[MKT_REVENUE], INT64_MAX - 5);
    row.day = 2; /* another key: only the total is too large */
    mkt_err_clear(&err);
    assert_int_equal(mkt_performance_add(&p, &row, &err), MKT_OK);
    assert_int_equal(mkt_performance_finish(&p, &err), MKT_E_LIMIT);
    mkt_arena_close(&arena);

    arena = open_arena();
    mkt_performance_init(&p, &arena, ALL_MEASURES, 1);
    row.sum[MKT_REVENUE] = INT64_MIN;
    mkt_err_clear(&err);
    assert_int_equal(mkt_performance_add(&p, &row, &err), MKT_OK);
    assert_int_equal(mkt_performance_finish(&p, &err), MKT_E_LIMIT);
    mkt_arena_close(&arena);
}

static void empty_is_fine(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_performance p;
    mkt_performance_init(&p, &arena, 1, 1);
    finish(&p);
    assert_true(p.data.first > p.data.last);
    assert_int_equal(p.cells, 0);
    mkt_arena_close(&arena);
}

static mkt_status all_steps(struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_performance a, b;
    mkt_performance_init(&a, arena, 1, 1);
    mkt_performance_init(&b, arena, 1, 1);
    for (int i = 0; i < 60; i++) MKT_TRY(mkt_performance_add(i % 2 ? &a : &b, &made[i], err));
    MKT_TRY(mkt_performance_merge(&a, &b, err));
    return mkt_performance_finish(&a, err);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_err err = {0};
    assert_int_equal(all_steps(&arena, &err), MKT_OK);
    size_t needed = arena.allocations;
    assert_true(needed > 20);
    for (size_t k = 1; k <= needed; k++) {
        mkt_arena_reset(&arena, 0);
        mkt_err_clear(&err);
        arena.fail_at = k;
        assert_int_equal(all_steps(&arena, &err), MKT_E_NOMEM);
    }
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_a_loop_counts),
        cmocka_unit_test(is_in_order_and_unique),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(merge_is_associative_and_equals_counting_at_once),
        cmocka_unit_test(more_may_be_added_after_finishing),
        cmocka_unit_test(sorts_wide_keys),
        cmocka_unit_test(refuses_sums_too_large),
        cmocka_unit_test(empty_is_fine),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_rows, NULL);
}
