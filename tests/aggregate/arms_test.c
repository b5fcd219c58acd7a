/* Sums are exact: whatever the order of units and however they are split, the same moments. */
#include "aggregate/arms.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define UNITS 2000
#define METRICS 2

static const struct mkt_arms_metric metric[METRICS] = {
    {.name = "revenue", .kind = MKT_ARMS_MEAN, .covariate = true, .cap = NAN, .most = NAN},
    {.name = "pages", .kind = MKT_ARMS_RATIO, .cap = 100, .most = NAN}};

static double made[UNITS][METRICS][MKT_ARMS_VARIABLES];
static char made_variant[UNITS][16], made_segment[UNITS][16];
static int32_t made_day[UNITS];
static struct mkt_err err;

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static int make_units(void **state)
{
    (void)state;
    uint32_t s = 11;
    for (int i = 0; i < UNITS; i++) {
        snprintf(made_variant[i], 16, "v%u", next(&s) % 3);
        snprintf(made_segment[i], 16, "s%u", next(&s) % 5);
        made_day[i] = 20000 + (int32_t)(next(&s) % 9);
        for (int m = 0; m < METRICS; m++)
            for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
                made[i][m][v] = (double)(next(&s) % 1000000) / 997 - (v == 0 ? 300 : 0);
    }
    return 0;
}

static struct mkt_arena open_arena(void)
{
    struct mkt_arena arena;
    assert_int_equal(mkt_arena_open(&arena, 64U << 20, &err), MKT_OK);
    return arena;
}

static void add_units(struct mkt_arms *arms, int from, int to, int step)
{
    for (int k = from; k < to; k++) {
        int i = k * step % UNITS;
        assert_int_equal(mkt_arms_add_unit(arms, made_variant[i], made_segment[i], made_day[i],
                                           (const double(*)[MKT_ARMS_VARIABLES])made[i], &err),
                         MKT_OK);
    }
}

static void assert_same(const struct mkt_arms *a, const struct mkt_arms *b)
{
    assert_int_equal(a->cells, b->cells);
    for (size_t c = 0; c < a->cells; c++) {
        const struct mkt_arms_cell *x = &a->cell[c], *y = &b->cell[c];
        assert_true(x->variant == y->variant && x->segment == y->segment && x->day == y->day);
        assert_int_equal(x->n, y->n);
        assert_memory_equal(x->sums, y->sums, METRICS * sizeof *x->sums);
    }
    for (int side = 0; side < 2; side++) {
        assert_int_equal(a->names[side], b->names[side]);
        for (size_t i = 0; i < a->names[side]; i++)
            assert_string_equal(a->name[side][i], b->name[side][i]);
    }
    assert_int_equal(a->units, b->units);
    assert_int_equal(a->multiple, b->multiple);
    assert_int_equal(a->unnamed, b->unnamed);
    assert_int_equal(a->data.first, b->data.first);
    assert_int_equal(a->data.last, b->data.last);
}

static void order_and_parts_do_not_matter(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_arms at_once, backwards, part[3];
    mkt_arms_init(&at_once, &arena, metric, METRICS, true, true);
    mkt_arms_init(&backwards, &arena, metric, METRICS, true, true);
    add_units(&at_once, 0, UNITS, 1);
    add_units(&backwards, 0, UNITS, 1999);
    for (int p = 0; p < 3; p++) {
        mkt_arms_init(&part[p], &arena, metric, METRICS, true, true);
        add_units(&part[p], p * UNITS / 3, (p + 1) * UNITS / 3, 7);
        part[p].multiple = p;
    }
    at_once.multiple = backwards.multiple = 3;
    /* (0 + 1) + 2 and 2 + (0 + 1), one part finished before */
    assert_int_equal(mkt_arms_finish(&part[1], &err), MKT_OK);
    assert_int_equal(mkt_arms_merge(&part[0], &part[1], &err), MKT_OK);
    assert_int_equal(mkt_arms_merge(&part[2], &part[0], &err), MKT_OK);
    struct mkt_arms *all[] = {&at_once, &backwards, &part[2]};
    for (int i = 0; i < 3; i++) assert_int_equal(mkt_arms_finish(all[i], &err), MKT_OK);
    assert_same(&at_once, &backwards);
    assert_same(&at_once, &part[2]);
    assert_int_equal(at_once.cells, 3 * 5 * 9);
    mkt_arena_close(&arena);
}

/* Two passes in long double, over a slice. */
static void moments_are_those_of_the_units(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_arms arms;
    mkt_arms_init(&arms, &arena, metric, METRICS, true, true);
    add_units(&arms, 0, UNITS, 3);
    assert_int_equal(mkt_arms_finish(&arms, &err), MKT_OK);
    struct mkt_arms_slice slice = {1, 2, 20001, 20006, -1};
    struct mkt_arms_moments got;
    assert_int_equal(mkt_arms_collect(&arms, &slice, 0, &got, &err), MKT_OK);
    long double n = 0, mean[MKT_ARMS_VARIABLES] = {0};
    for (int pass = 0; pass < 2; pass++) {
        long double c[MKT_ARMS_VARIABLES][MKT_ARMS_VARIABLES] = {{0}};
        n = 0;
        for (int i = 0; i < UNITS; i++) {
            if (strcmp(made_variant[i], "v1") != 0 || strcmp(made_segment[i], "s2") != 0 ||
                made_day[i] < 20001 || made_day[i] > 20006)
                continue;
            n++;
            for (int a = 0; a < MKT_ARMS_VARIABLES; a++) {
                if (pass == 0) mean[a] += made[i][0][a];
                for (int b = 0; b < MKT_ARMS_VARIABLES; b++)
                    c[a][b] += (made[i][0][a] - mean[a]) * (made[i][0][b] - mean[b]);
            }
        }
        for (int a = 0; a < MKT_ARMS_VARIABLES; a++) {
            if (pass == 0) mean[a] /= n;
            for (int b = 0; pass == 1 && b < MKT_ARMS_VARIABLES; b++)
                assert_true(fabs(got.covariance[a][b] - (double)(c[a][b] / (n - 1))) <
                            1e-6 * fabs(got.covariance[a][a]));
            assert_true(fabs(got.mean[a] - (double)mean[a]) < 1e-6);
        }
    }
    assert_int_equal(got.n, (int64_t)n);
    slice.weekday = mkt_date_weekday(20003);
    struct mkt_arms_moments day;
    assert_int_equal(mkt_arms_collect(&arms, &slice, 0, &day, &err), MKT_OK);
    assert_true(day.n > 0 && day.n < got.n);
    mkt_arena_close(&arena);
}

/* 1e9 and 1e9 + 1: doubles would lose the variance; an outlier of 1e12 is still exact. */
static void does_not_cancel(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_arms arms;
    const struct mkt_arms_metric one = {
        .name = "y", .kind = MKT_ARMS_MEAN, .cap = NAN, .most = NAN};
    mkt_arms_init(&arms, &arena, &one, 1, false, false);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(mkt_arms_add_unit(&arms, "a", NULL, 0,
                                           (const double[1][MKT_ARMS_VARIABLES]){{1e9 + i % 2}},
                                           &err),
                         MKT_OK);
    struct mkt_arms_moments m;
    struct mkt_arms_slice all = mkt_arms_whole(-1);
    assert_int_equal(mkt_arms_collect(&arms, &all, 0, &m, &err), MKT_OK);
    assert_true(fabs(m.covariance[0][0] - .25 * 1000 / 999) < 1e-12);
    assert_int_equal(
        mkt_arms_add_unit(&arms, "b", NULL, 0, (const double[1][MKT_ARMS_VARIABLES]){{1e12}}, &err),
        MKT_OK);
    assert_int_equal(
        mkt_arms_add_unit(&arms, "b", NULL, 0, (const double[1][MKT_ARMS_VARIABLES]){{0}}, &err),
        MKT_OK);
    assert_int_equal(mkt_arms_finish(&arms, &err), MKT_OK);
    all = mkt_arms_whole(1);
    assert_int_equal(mkt_arms_collect(&arms, &all, 0, &m, &err), MKT_OK);
    assert_true(fabs(m.covariance[0][0] / .5e24 - 1) < 1e-15);
    mkt_arena_close(&arena);
}

static void says_what_is_too_large(void **state)
{
    (void)state;
    struct mkt_arena arena = open_arena();
    struct mkt_arms arms;
    const struct mkt_arms_metric one = {
        .name = "order value", .kind = MKT_ARMS_MEAN, .cap = NAN, .most = NAN};
    mkt_arms_init(&arms, &arena, &one, 1, false, true);
    assert_int_equal(
        mkt_arms_add_unit(&arms, "a", "", 0, (const double[1][MKT_ARMS_VARIABLES]){{1e13}}, &err),
        MKT_E_LIMIT);
    assert_non_null(strstr(err.text, "order value"));
    mkt_err_clear(&err);
    mkt_status status = MKT_OK;
    for (int i = 0; i < 10 && status == MKT_OK; i++)
        status = mkt_arms_add_unit(&arms, "a", "", 0, (const double[1][MKT_ARMS_VARIABLES]){{9e12}},
                                   &err);
    assert_int_equal(status, MKT_E_LIMIT);
    mkt_err_clear(&err);
    status = MKT_OK;
    for (int i = 0; i <= MKT_ARMS_VARIANTS && status == MKT_OK; i++) {
        char name[16];
        snprintf(name, sizeof name, "v%d", i);
        status =
            mkt_arms_add_unit(&arms, name, "", 0, (const double[1][MKT_ARMS_VARIABLES]){{0}}, &err);
    }
    assert_int_equal(status, MKT_E_LIMIT);
    assert_non_null(strstr(err.text, "variants"));
    mkt_err_clear(&err);
    status = MKT_OK;
    for (int i = 0; i <= MKT_ARMS_SEGMENTS && status == MKT_OK; i++) {
        char name[16];
        snprintf(name, sizeof name, "s%d", i);
        status = mkt_arms_add_unit(&arms, "a", name, 0, (const double[1][MKT_ARMS_VARIABLES]){{0}},
                                   &err);
    }
    assert_int_equal(status, MKT_E_LIMIT);
    assert_non_null(strstr(err.text, "segments"));
    mkt_err_clear(&err);
    mkt_arena_close(&arena);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    size_t all = 0;
    for (size_t fail = 0; fail == 0 || fail <= all; fail++) {
        struct mkt_arena arena = open_arena();
        struct mkt_arms arms, other;
        arena.fail_at = fail;
        mkt_arms_init(&arms, &arena, metric, METRICS, true, true);
        mkt_arms_init(&other, &arena, metric, METRICS, true, true);
        mkt_status status = MKT_OK;
        for (int i = 0; i < 40 && status == MKT_OK; i++)
            status =
                mkt_arms_add_unit(i % 2 ? &arms : &other, made_variant[i], made_segment[i],
                                  made_day[i], (const double(*)[MKT_ARMS_VARIABLES])made[i], &err);
        if (status == MKT_OK) status = mkt_arms_merge(&arms, &other, &err);
        if (status == MKT_OK) status = mkt_arms_finish(&arms, &err);
        assert_int_equal(status, fail ? MKT_E_NOMEM : MKT_OK);
        mkt_err_clear(&err);
        if (!fail) all = arena.allocations;
        mkt_arena_close(&arena);
    }
}

static void names_its_kinds(void **state)
{
    (void)state;
    assert_string_equal(mkt_arms_kind_name(MKT_ARMS_RATIO), "ratio");
    assert_string_equal(mkt_arms_kind_name(MKT_ARMS_MEAN), "mean");
    struct mkt_arms_moments m;
    mkt_arms_moments_of(0, &(struct mkt_arms_sums){0}, &m);
    assert_true(m.n == 0 && m.mean[0] == 0);
    struct mkt_arms_sums s = {0};
    assert_false(mkt_arms_set_product(&s, MKT_ARMS_Y, MKT_ARMS_Y, 1e27));
    assert_false(mkt_arms_set_sum(&s, MKT_ARMS_Y, NAN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_and_parts_do_not_matter),
        cmocka_unit_test(moments_are_those_of_the_units),
        cmocka_unit_test(does_not_cancel),
        cmocka_unit_test(says_what_is_too_large),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(names_its_kinds),
    };
    return cmocka_run_group_tests(tests, make_units, NULL);
}
