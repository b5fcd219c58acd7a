/* Units from rows: whatever the order, the parts, what lies on disk and how many fit at a time, they are
 * those that adding up one by one gives. */
#include "aggregate/units.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aggregate/unit_tally.h"
#include "aggregate/unit_values.h"

#define UNITS 3000
#define ROWS 60000
#define PARTS 3

static struct mkt_err err;

static const char *const variant_name[] = {"control", "b", "a"}, *const segment_name[] = {"x", "w"};

/* Row i, by chance that is the same each time. */
static int unit_of(int i)
{
    return (int)(mkt_names_mix((uint64_t)i + 7) % UNITS);
}

static int variant_of(int i)
{
    return unit_of(i) % 50 == 0 ? i % 3 : unit_of(i) % 3; /* one in fifty sees several */
}

static int segment_of(int i) /* -1: none */
{
    return (int)(mkt_names_mix((uint64_t)i * 3) % 3) - 1;
}

static int64_t value_of(int i, int v) /* y in millionths, covariate, a whole number */
{
    uint64_t r = mkt_names_mix((uint64_t)i * 5 + (uint64_t)v);
    if (v == 1) return (int64_t)(mkt_names_mix((uint64_t)unit_of(i)) % 1000) * 1000;
    if (r % 9 == 0 || (v == 0 && unit_of(i) % 100 == 1)) return MKT_UNITS_NONE;
    return v == 0 ? (int64_t)(r % 5000000) - 1000000 : (int64_t)(r % 4);
}

static void add_row(struct mkt_units *u, int i, bool backwards)
{
    _Alignas(16) char room[MKT_UNITS_SIZE(3)];
    struct mkt_unit *row = (void *)room;
    char name[32];
    memset(room, 0, sizeof room);
    if (backwards) i = ROWS - 1 - i;
    int n = snprintf(name, sizeof name, "unit-number-%d", unit_of(i));
    mkt_units_tell_text(row, name, (size_t)n);
    const char *variant = variant_name[variant_of(i)];
    assert_int_equal(mkt_units_variant(u, variant, strlen(variant), &row->variant, &err), MKT_OK);
    if (segment_of(i) >= 0)
        assert_int_equal(mkt_units_segment(u, segment_name[segment_of(i)], 1, &row->segment, &err),
                         MKT_OK);
    row->day = 20000 + i % 30;
    for (int v = 0; v < 3; v++) row->value[v] = value_of(i, v);
    assert_int_equal(mkt_units_add(u, row, &err), MKT_OK);
}

static mkt_status tally_unit(void *user, const struct mkt_unit *unit, struct mkt_err *e)
{
    return mkt_unit_tally_add(user, unit, e);
}

static const struct mkt_arms_metric name_of[2] = {{.name = "revenue"}, {.name = "orders"}};

/* The arms, and in `ranges` what all units show. */
static void count_units(struct mkt_arena *arena, const struct mkt_unit_tally_metric *metric,
                        size_t limit, size_t room, bool backwards, struct mkt_arms *arms,
                        struct mkt_unit_tally *sums)
{
    struct mkt_units_shape shape = {
        .values = 3, .largest = {false, true, false}, .limit = limit, .temp = "/tmp"};
    struct mkt_units *part[PARTS];
    struct mkt_units_view view;
    bool stored = false;
    for (int p = 0; p < PARTS; p++) {
        part[p] = MKT_NEW(arena, struct mkt_units, 1);
        assert_int_equal(mkt_units_init(part[p], &shape, arena, &err), MKT_OK);
    }
    for (int i = 0; i < ROWS; i++) add_row(part[mkt_names_mix((uint64_t)i) % PARTS], i, backwards);
    assert_int_equal(mkt_units_unite(arena, part, PARTS, &view, &err), MKT_OK);
    assert_int_equal(view.rows, ROWS);
    assert_int_equal(mkt_unit_tally_init(sums, arena, metric, 2, &err), MKT_OK);
    const struct mkt_units_walk walk = {.unit = tally_unit, .user = sums};
    struct mkt_arena scratch;
    assert_int_equal(mkt_arena_open(&scratch, (size_t)16 << 20, &err), MKT_OK);
    for (size_t k = 0; k < view.piles; k++)
        assert_int_equal(mkt_units_each(&scratch, &view, k, room, &walk, &err), MKT_OK);
    mkt_arena_close(&scratch);
    for (int p = 0; p < PARTS; p++) {
        stored |= part[p]->piles.file_bytes > 0;
        mkt_units_close(part[p]);
    }
    assert_true(stored == (limit < 1 << 20));
    const char *const *const names[2] = {view.variant.name, view.segment.name};
    mkt_arms_init(arms, arena, name_of, 2, true, true);
    assert_int_equal(mkt_unit_tally_give(sums, names, arms, &err), MKT_OK);
    assert_int_equal(mkt_arms_finish(arms, &err), MKT_OK);
}

static struct mkt_unit_tally_metric metrics[2] = {
    {.at = {0, MKT_UNIT_TALLY_NOWHERE, 1, MKT_UNIT_TALLY_NOWHERE}, .cap = NAN},
    {.at = {2, MKT_UNIT_TALLY_NOWHERE, MKT_UNIT_TALLY_NOWHERE, MKT_UNIT_TALLY_NOWHERE},
     .whole = {true},
     .cap = NAN}};

static struct expected {
    bool seen, several, any;
    int variant, segment, day;
    int64_t y, x, orders;
} truth[UNITS];

static void add_up_one_by_one(void)
{
    memset(truth, 0, sizeof truth);
    for (int i = 0; i < ROWS; i++) {
        struct expected *t = &truth[unit_of(i)];
        if (!t->seen)
            *t = (struct expected){true, false, false, variant_of(i), -1, 1 << 20, 0, 0, 0};
        t->several |= t->variant != variant_of(i);
        int s = segment_of(i);
        if (s >= 0 && (t->segment < 0 || strcmp(segment_name[s], segment_name[t->segment]) < 0))
            t->segment = s;
        if (20000 + i % 30 < t->day) t->day = 20000 + i % 30;
        if (value_of(i, 0) != MKT_UNITS_NONE) {
            t->y += value_of(i, 0);
            t->any = true;
        }
        if (value_of(i, 1) > t->x) t->x = value_of(i, 1);
        if (value_of(i, 2) != MKT_UNITS_NONE) t->orders += value_of(i, 2);
    }
}

static void check(const struct mkt_arms *arms, const struct mkt_unit_tally *sums)
{
    int64_t units = 0, several = 0, missing = 0;
    for (int u = 0; u < UNITS; u++) {
        several += truth[u].several;
        units += truth[u].seen && !truth[u].several;
        missing += truth[u].seen && !truth[u].several && !truth[u].any;
    }
    assert_int_equal(arms->units, units);
    assert_int_equal(sums->multiple, several);
    assert_true(several > 0 && missing > 0);
    assert_int_equal(sums->range[0].missing, missing);
    for (size_t i = 0; i < arms->cells; i++) {
        const struct mkt_arms_cell *c = &arms->cell[i];
        int64_t n = 0, y = 0, x = 0, orders = 0;
        mkt_arms_wide yx = 0, oo = 0;
        for (int u = 0; u < UNITS; u++) {
            const struct expected *t = &truth[u];
            const char *segment = t->segment < 0 ? "" : segment_name[t->segment];
            if (!t->seen || t->several || t->day != c->day ||
                strcmp(arms->name[0][c->variant], variant_name[t->variant]) != 0 ||
                strcmp(arms->name[1][c->segment], segment) != 0)
                continue;
            n++;
            y += t->y;
            x += t->x;
            yx += (mkt_arms_wide)t->y * t->x;
            orders += t->orders * 1000000;
            oo += (mkt_arms_wide)t->orders * 1000000 * t->orders * 1000000;
        }
        assert_int_equal(c->n, n);
        assert_int_equal(c->sums[0].sum[MKT_ARMS_Y], y);
        assert_int_equal(c->sums[0].sum[MKT_ARMS_X], x);
        assert_true(c->sums[0].product[mkt_arms_product(MKT_ARMS_Y, MKT_ARMS_X)] == yx);
        assert_int_equal(c->sums[1].sum[MKT_ARMS_Y], orders);
        assert_true(c->sums[1].product[0] == oo);
    }
}

static void units_are_added_up(void **state)
{
    (void)state;
    add_up_one_by_one();
    for (int k = 0; k < 8; k++) {
        struct mkt_arena arena;
        struct mkt_arms arms;
        struct mkt_unit_tally sums;
        assert_int_equal(mkt_arena_open(&arena, (size_t)256 << 20, &err), MKT_OK);
        count_units(&arena, metrics, k & 1 ? 20000 : (size_t)64 << 20, k & 2 ? 2000 : 1 << 20,
                    k & 4, &arms, &sums);
        check(&arms, &sums);
        mkt_arena_close(&arena);
    }
}

static void caps_hold_for_units(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_arms arms;
    struct mkt_unit_tally sums;
    struct mkt_unit_tally_metric capped[2] = {metrics[0], metrics[1]};
    capped[0].cap = .5; /* of the unit's sum and of its covariate */
    capped[1].cap = 3;
    add_up_one_by_one();
    assert_int_equal(mkt_arena_open(&arena, (size_t)256 << 20, &err), MKT_OK);
    count_units(&arena, capped, 20000, 2000, false, &arms, &sums);
    int64_t y = 0, x = 0, orders = 0, above = 0, over = 0, got[3] = {0};
    for (int u = 0; u < UNITS; u++) {
        const struct expected *t = &truth[u];
        if (!t->seen || t->several) continue;
        y += t->y > 500000 ? 500000 : t->y;
        x += t->x > 500000 ? 500000 : t->x;
        orders += 1000000 * (t->orders > 3 ? 3 : t->orders);
        above += t->y > 500000;
        over += t->orders > 3;
    }
    for (size_t i = 0; i < arms.cells; i++) {
        got[0] += arms.cell[i].sums[0].sum[MKT_ARMS_Y];
        got[1] += arms.cell[i].sums[0].sum[MKT_ARMS_X];
        got[2] += arms.cell[i].sums[1].sum[MKT_ARMS_Y];
    }
    assert_true(got[0] == y && got[1] == x && got[2] == orders);
    assert_int_equal(sums.range[0].capped, above);
    assert_int_equal(sums.range[1].capped, over);
    mkt_arena_close(&arena);
}

static void units_are_told_apart(void **state)
{
    (void)state;
    const int64_t number[] = {0, 1, -1, INT64_MIN, INT64_MAX, 5871781006564002452};
    const char *const text[] = {"a", "b", "", "12345678", "123456789", "1234567890123456"};
    uint64_t id[12];
    uint32_t check[12];
    for (int i = 0; i < 12; i++) {
        struct mkt_unit unit;
        if (i < 6)
            mkt_units_tell_number(&unit, number[i]);
        else
            mkt_units_tell_text(&unit, text[i - 6], strlen(text[i - 6]));
        id[i] = unit.id;
        check[i] = unit.check;
        assert_true(id[i] != 0);
        for (int k = 0; k < i; k++) assert_false(id[i] == id[k] && check[i] == check[k]);
    }
}

/* ---- what cannot be done ------------------------------------------------------------------------ */

static void sums_too_large_are_refused(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_unit_tally sums;
    _Alignas(16) char room[MKT_UNITS_SIZE(3)];
    struct mkt_unit *unit = (void *)room;
    struct mkt_arms arms;
    assert_int_equal(mkt_arena_open(&arena, (size_t)16 << 20, &err), MKT_OK);
    for (int k = 0; k < 3; k++) {
        memset(room, 0, sizeof room);
        unit->id = 1;
        assert_int_equal(mkt_unit_tally_init(&sums, &arena, metrics, 2, &err), MKT_OK);
        if (k == 0) unit->over = 1;
        if (k == 1) unit->value[2] = INT64_C(9300000000000); /* a whole number: millionths pass */
        mkt_status status = mkt_unit_tally_add(&sums, unit, &err);
        if (k == 2) {
            assert_int_equal(status, MKT_OK);
            unit->value[0] = INT64_MAX / 4 * 3;
            assert_int_equal(mkt_unit_tally_add(&sums, unit, &err), MKT_OK);
            assert_int_equal(mkt_unit_tally_merge(&sums, &sums, &err), MKT_OK);
            const char *one[] = {"a"};
            const char *const *const names[2] = {one, one};
            mkt_arms_init(&arms, &arena, name_of, 2, false, false);
            status = mkt_unit_tally_give(&sums, names, &arms, &err);
        }
        assert_int_equal(status, MKT_E_LIMIT);
        assert_non_null(strstr(err.text, "9.2e12"));
        mkt_err_clear(&err);
    }
    mkt_arena_close(&arena);
}

static void faults_are_said(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_units u;
    struct mkt_units_shape shape = {.values = 3, .limit = 4096, .temp = "/nowhere/at/all"};
    _Alignas(16) char room[MKT_UNITS_SIZE(3)];
    struct mkt_unit *row = (void *)room;
    mkt_status status = MKT_OK;
    memset(room, 0, sizeof room);
    assert_int_equal(mkt_arena_open(&arena, (size_t)64 << 20, &err), MKT_OK);
    assert_int_equal(mkt_units_init(&u, &shape, &arena, &err), MKT_OK);
    for (int i = 0; i < 100000 && status == MKT_OK; i++) {
        mkt_units_tell_number(row, i);
        status = mkt_units_add(&u, row, &err);
    }
    assert_int_equal(status, MKT_E_IO);
    assert_non_null(strstr(err.text, "/nowhere/at/all"));
    mkt_err_clear(&err);
    status = MKT_OK;
    uint16_t code;
    char name[16];
    for (int i = 0; i < 70000 && status == MKT_OK; i++) {
        int n = snprintf(name, sizeof name, "v%d", i);
        status = mkt_units_variant(&u, name, (size_t)n, &code, &err);
    }
    assert_int_equal(status, MKT_E_LIMIT);
    assert_non_null(strstr(err.text, "variants"));
    mkt_err_clear(&err);
    mkt_units_close(&u);
    mkt_arena_close(&arena);
    for (size_t bytes = 64; bytes < 4096; bytes *= 4) {
        assert_int_equal(mkt_arena_open(&arena, bytes, &err), MKT_OK);
        status = mkt_units_init(&u, &shape, &arena, &err);
        for (int i = 0; i < 1000 && status == MKT_OK; i++) {
            mkt_units_tell_number(row, i);
            status = mkt_units_add(&u, row, &err);
        }
        assert_int_equal(status, MKT_E_NOMEM);
        mkt_err_clear(&err);
        mkt_arena_close(&arena);
    }
}

/* ---- values at ranks ---------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    int64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static void values_are_found_by_rank(void **state)
{
    (void)state;
    static int64_t all[20000];
    for (int kind = 0; kind < 4; kind++) {
        struct mkt_arena arena;
        struct mkt_unit_values part[2], *parts[2] = {&part[0], &part[1]};
        size_t n = sizeof all / sizeof *all;
        assert_int_equal(mkt_arena_open(&arena, (size_t)64 << 20, &err), MKT_OK);
        for (int p = 0; p < 2; p++)
            mkt_unit_values_init(&part[p], &arena, kind & 1 ? 4096 : 1 << 20, "/tmp");
        for (size_t i = 0; i < n; i++) {
            uint64_t r = mkt_names_mix(i);
            all[i] = kind < 2 ? (int64_t)(r % 1000) - 500 : (int64_t)r; /* many equal; all bits */
            assert_int_equal(mkt_unit_values_add(parts[i % 2], 7, all[i], &err), MKT_OK);
            assert_int_equal(mkt_unit_values_add(parts[i % 2], 8, 1, &err), MKT_OK);
        }
        qsort(all, n, sizeof *all, ascending);
        assert_int_equal(mkt_unit_values_count(parts, 2, 7), n);
        const size_t rank[] = {1, 2, 3, 77, n / 3, n / 2, n / 2 + 1, n - 100, n - 1, n};
        for (size_t i = 0; i < sizeof rank / sizeof *rank; i++) {
            size_t at = rank[i];
            int64_t got;
            assert_int_equal(mkt_unit_values_at(&arena, parts, 2, 7, (int64_t)at, &got, &err),
                             MKT_OK);
            assert_int_equal(got, all[at - 1]);
        }
        for (int p = 0; p < 2; p++) mkt_unit_values_close(&part[p]);
        mkt_arena_close(&arena);
    }
}

static void ranks_are_those_of_decimals(void **state)
{
    (void)state;
    static const struct {
        int64_t n;
        double q;
        int64_t rank;
    } is[] = {{100, .07, 7},
              {20, .95, 19},
              {3, .5, 2},
              {10, 1e-5, 1},
              {1000000, 1e-5, 10},
              {7, 1, 7},
              {3, 0.333333333333333, 1},
              {3, 0.666666666666667, 3},
              {100, .29, 29},
              {1, .99, 1}};
    for (size_t i = 0; i < sizeof is / sizeof *is; i++)
        assert_int_equal(mkt_unit_values_rank(is[i].n, is[i].q), is[i].rank);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(units_are_added_up),
                                       cmocka_unit_test(caps_hold_for_units),
                                       cmocka_unit_test(units_are_told_apart),
                                       cmocka_unit_test(sums_too_large_are_refused),
                                       cmocka_unit_test(faults_are_said),
                                       cmocka_unit_test(values_are_found_by_rank),
                                       cmocka_unit_test(ranks_are_those_of_decimals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
