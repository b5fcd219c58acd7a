/* Slices against sums of the rows themselves. */
#include "aggregate/slices.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ROWS 8
static const struct mkt_performance_row rows[ROWS] = {
    {100, {"b", "spring", "new"}, {5000000, 0, 0, 0, 9000000, 0}, 1},
    {100, {"a", "spring", "old"}, {1000000, 0, 0, 0, 2000000, 0}, 1},
    {100, {"a", "autumn", "new"}, {1500000, 0, 0, 0, 250000, 0}, 1},
    {101, {"a", "spring", "new"}, {100000, 0, 0, 0, 3, 0}, 1},
    {103, {"b", "winter", "old"}, {7000000, 0, 0, 0, 1, 0}, 1},
    {103, {"b", "spring", "old"}, {2000000, 0, 0, 0, 4000000, 0}, 1},
    {99, {"a", "gone", "old"}, {6000000, 0, 0, 0, 4000000, 0}, 1},
    {104, {"c", "later", "old"}, {6000000, 0, 0, 0, 4000000, 0}, 1},
};

struct made {
    struct mkt_arena arena;
    struct mkt_performance p;
};

static void make(struct made *m, unsigned dimensions)
{
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&m->arena, 1 << 20, &err), MKT_OK);
    mkt_performance_init(&m->p, &m->arena, 0x3f, dimensions);
    for (int i = 0; i < ROWS; i++) {
        struct mkt_performance_row row = rows[i];
        for (int d = 0; d < MKT_DIMENSIONS; d++)
            if (!(dimensions >> d & 1U)) row.name[d] = "";
        assert_int_equal(mkt_performance_add(&m->p, &row, &err), MKT_OK);
    }
    assert_int_equal(mkt_performance_finish(&m->p, &err), MKT_OK);
}

static bool belongs(const struct mkt_performance *p, const struct mkt_slice *s,
                    const struct mkt_performance_row *row)
{
    const char *channel = p->names[MKT_CHANNEL][s->channel];
    switch (s->kind) {
    case MKT_SLICE_TOTAL:
        return true;
    case MKT_SLICE_CHANNEL:
        return strcmp(row->name[MKT_CHANNEL], channel) == 0;
    case MKT_SLICE_CAMPAIGN:
        return strcmp(row->name[MKT_CHANNEL], channel) == 0 &&
               strcmp(row->name[MKT_CAMPAIGN], p->names[MKT_CAMPAIGN][s->campaign]) == 0;
    case MKT_SLICE_SEGMENT:
        return strcmp(row->name[MKT_SEGMENT], p->names[MKT_SEGMENT][s->segment]) == 0;
    }
    return false;
}

static void slices_add_up(void **state)
{
    (void)state;
    struct made m;
    struct mkt_err err = {0};
    struct mkt_period period = {100, 103};
    struct mkt_slices s;
    make(&m, 7);
    assert_int_equal(mkt_slices_make(&m.arena, &m.p, period, &s, &err), MKT_OK);
    assert_int_equal(s.segment - s.channel, 3);
    assert_int_equal(s.campaign - s.segment, 2);
    assert_int_equal(s.slices - s.campaign, 4); /* a autumn, a spring, b spring, b winter */

    uint32_t row[16];
    double out[16 * MKT_MEASURES * 4] = {0};
    uint32_t used = 0;
    for (size_t i = 0; i < s.slices; i++) row[i] = i == 2 ? MKT_SLICES_NONE : used++;
    mkt_slices_fill(&m.p, period, &s, row, used, out);

    for (size_t i = 0; i < s.slices; i++) {
        mkt_micro sum[MKT_MEASURES] = {0};
        double day[MKT_MEASURES][4] = {{0}};
        for (int k = 0; k < ROWS; k++) {
            if (rows[k].day < 100 || rows[k].day > 103 || !belongs(&m.p, &s.slice[i], &rows[k]))
                continue;
            for (int j = 0; j < MKT_MEASURES; j++) {
                sum[j] += rows[k].sum[j];
                day[j][rows[k].day - 100] += (double)rows[k].sum[j];
            }
        }
        assert_memory_equal(sum, s.slice[i].sum, sizeof sum);
        if (row[i] == MKT_SLICES_NONE) continue;
        for (int j = 0; j < MKT_MEASURES; j++)
            for (int t = 0; t < 4; t++)
                assert_true(out[(row[i] * MKT_MEASURES + (uint32_t)j) * 4 + (uint32_t)t] ==
                            day[j][t] / MKT_MICRO);
    }
    mkt_arena_close(&m.arena);
}

/* A second period meets campaigns that the slices do not have: they count in the whole only. */
static void another_period_keeps_the_slices(void **state)
{
    (void)state;
    struct made m;
    struct mkt_err err = {0};
    struct mkt_slices s;
    make(&m, 7);
    assert_int_equal(mkt_slices_make(&m.arena, &m.p, (struct mkt_period){100, 103}, &s, &err),
                     MKT_OK);
    uint32_t row[16];
    double out[16 * MKT_MEASURES] = {0};
    for (size_t i = 0; i < s.slices; i++) row[i] = (uint32_t)i;
    mkt_slices_fill(&m.p, (struct mkt_period){99, 99}, &s, row, s.slices, out);
    assert_true(out[MKT_SPEND] == 6);
    for (size_t i = s.campaign; i < s.slices; i++) assert_true(out[i * MKT_MEASURES] == 0);
    mkt_arena_close(&m.arena);
}

static void absent_dimensions_give_no_slices(void **state)
{
    (void)state;
    struct made m;
    struct mkt_err err = {0};
    struct mkt_slices s;
    make(&m, 1U << MKT_CAMPAIGN);
    assert_int_equal(mkt_slices_make(&m.arena, &m.p, m.p.data, &s, &err), MKT_OK);
    assert_int_equal(s.segment, s.channel);
    assert_int_equal(s.campaign, s.segment);
    assert_int_equal(s.slices, 1 + 5);
    mkt_arena_close(&m.arena);
}

static void the_arena_may_be_full(void **state)
{
    (void)state;
    struct made m;
    struct mkt_err err = {0};
    struct mkt_slices s;
    make(&m, 7);
    size_t had = m.arena.allocations;
    assert_int_equal(mkt_slices_make(&m.arena, &m.p, m.p.data, &s, &err), MKT_OK);
    size_t needed = m.arena.allocations - had;
    for (size_t k = 1; k <= needed; k++) {
        mkt_err_clear(&err);
        m.arena.fail_at = m.arena.allocations + k;
        assert_int_equal(mkt_slices_make(&m.arena, &m.p, m.p.data, &s, &err), MKT_E_NOMEM);
        m.arena.fail_at = 0;
    }
    mkt_arena_close(&m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_add_up),
        cmocka_unit_test(another_period_keeps_the_slices),
        cmocka_unit_test(absent_dimensions_give_no_slices),
        cmocka_unit_test(the_arena_may_be_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
