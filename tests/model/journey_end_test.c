/* Journeys that decide at their end: the fit by hand, its spread against the definition, its intervals
 * over worlds of that kind, and every arena size. */
#include "model/journey_end.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "num/near.h"
#include "num/random.h"

#define ARENA_BYTES ((size_t)64 << 20)
#include "arena_fixture.h"

static struct mkt_journey_end fit(const struct mkt_moments_table *t, size_t channels)
{
    struct mkt_journey_end out;
    struct mkt_err err = {0};
    assert_int_equal(mkt_journey_end_fit(&arena, t, channels, 1, &out, &err), MKT_OK);
    return out;
}

/* One of two channels, or both: with b_0, and nothing changed by the second touch, as many b as shares.
 * With that many journeys the penalty hardly moves them. */
static void by_hand(void **state)
{
    (void)state;
    struct mkt_moments row[] = {{.met = 1, .times = 5e6, .ended = 1e6, .converted = 2e5},
                                {.met = 2, .times = 5e6, .ended = 1e6, .converted = 1e5},
                                {.met = 1 | 4, .times = 1e6, .ended = 1e6, .converted = 2e5},
                                {.met = 2 | 4, .times = 1e6, .ended = 1e6, .converted = 1e5}};
    double odds = 1. / 2; /* where both were met; 1/4 and 1/9 where one was */
    struct mkt_moments both = {3 | 4, 1e6, 1e6, 1e6 * odds / (1 + odds)};
    struct mkt_moments all[5] = {row[0], row[1], row[2], row[3], both};
    const struct mkt_moments_table t = {all, 5, 1};
    struct mkt_journey_end out = fit(&t, 2);
    /* so 1/18 where none was, which the first multiplies by 9/2 and the second by 2 */
    double bare = 1. / 19, one = 1e6 * (.2 - bare) * 2, two = 1e6 * (.1 - bare) * 2;
    double p = odds / (1 + odds);
    assert_near(out.conversions[0], one + 1e6 * (p - .1), 40);
    assert_near(out.conversions[1], two + 1e6 * (p - .2), 40);
    assert_near(out.conversions[2], one + two + 1e6 * (p - bare), 40);
}

/* The spread is the infinitesimal jackknife: what a journey more of each kind changes, squared, summed
 * over all journeys. Here by differences, each with a fit of its own. */
static void spread_as_defined(void **state)
{
    (void)state;
    struct mkt_moments row[] = {{1, 900, 400, 60},      {2, 800, 300, 25},     {4, 500, 200, 30},
                                {3 | 8, 300, 200, 50},  {1 | 8, 250, 150, 20}, {6 | 8, 100, 80, 14},
                                {7 | 24, 90, 70, 25},   {2 | 8, 130, 60, 4},   {4 | 8, 120, 90, 12},
                                {5 | 24, 160, 110, 29}, {1 | 24, 70, 50, 7}};
    const size_t rows = sizeof row / sizeof *row;
    const struct mkt_moments_table t = {row, rows, 2};
    struct mkt_journey_end whole = fit(&t, 3);
    double square[4] = {0};
    for (size_t r = 0; r < rows; r++)
        for (int converts = 0; converts < 2; converts++) {
            struct mkt_moments held = row[r];
            double times = converts ? held.converted : held.ended - held.converted;
            struct mkt_journey_end moved[2];
            for (int up = 0; up < 2; up++) {
                double step = up ? 1e-3 : -1e-3;
                row[r].ended = held.ended + step;
                row[r].converted = held.converted + (converts ? step : 0);
                moved[up] = fit(&t, 3);
            }
            row[r] = held;
            for (size_t k = 0; k < 4; k++) {
                double change = (moved[1].conversions[k] - moved[0].conversions[k]) / 2e-3;
                square[k] += times * change * change;
            }
        }
    for (size_t k = 0; k < 4; k++) assert_near(whole.spread[k], sqrt(square[k]), 1e-5);
}

/* Journeys of one to four touches of four channels, of which two do something. */
static void draw(struct mkt_paths *paths, uint64_t seed, int64_t people, double *caused)
{
    static const double effect[4] = {.9, 0, .5, 0};
    struct mkt_random r;
    struct mkt_err err = {0};
    uint32_t code;
    mkt_random_init(&r, seed, 3);
    mkt_paths_init(paths, &arena);
    for (int k = 0; k < 4; k++)
        assert_int_equal(mkt_names_code(&paths->channel, "abcd" + k, 1, &code, &err), MKT_OK);
    for (int64_t i = 0; i < people; i++) {
        uint32_t step[4];
        size_t steps = 1 + mkt_random_below(&r, 4);
        bool met[4] = {0};
        double x = -2.5;
        for (size_t t = 0; t < steps; t++) met[step[t] = mkt_random_below(&r, 4)] = true;
        for (int k = 0; k < 4; k++) x += met[k] ? effect[k] : 0;
        double p = 1 / (1 + exp(-x));
        for (int k = 0; k < 4; k++) caused[k] += met[k] ? p - 1 / (1 + exp(effect[k] - x)) : 0;
        bool converts = mkt_random_uniform(&r) < p;
        struct mkt_path_counts one = {.conversions = converts, .nulls = !converts};
        assert_int_equal(mkt_paths_add(paths, step, steps, &one, &err), MKT_OK);
    }
    assert_int_equal(mkt_paths_finish(paths, &err), MKT_OK);
}

static void intervals_cover(void **state)
{
    (void)state;
    enum { WORLDS = 200, PEOPLE = 4000, MANY = 400000 };
    struct mkt_paths paths;
    struct mkt_moments_table t;
    struct mkt_err err = {0};
    double truth[4] = {0}, none[4];
    int covered = 0;
    draw(&paths, 1000, MANY, truth);
    for (uint64_t w = 0; w < WORLDS; w++) {
        size_t mark = mkt_arena_mark(&arena);
        struct mkt_random r;
        mkt_random_init(&r, w, 4);
        draw(&paths, w, mkt_random_poisson(&r, PEOPLE), none);
        assert_int_equal(mkt_moments_count(&arena, &paths, 1, &t, &err), MKT_OK);
        struct mkt_journey_end out = fit(&t, 4);
        for (int k = 0; k < 4; k++)
            covered += fabs(out.conversions[k] - truth[k] * PEOPLE / MANY) <= 1.96 * out.spread[k];
        mkt_arena_release(&arena, mark);
    }
    assert_in_range(covered * 1000 / (4 * WORLDS), 925, 975);
}

static void every_arena_size(void **state)
{
    (void)state;
    struct mkt_moments row[] = {{1, 900, 400, 60}, {2, 800, 300, 25}, {3 | 4, 300, 200, 50}};
    const struct mkt_moments_table t = {row, 3, 1};
    struct mkt_journey_end out;
    struct mkt_err err = {0};
    size_t before = arena.allocations;
    (void)fit(&t, 2);
    size_t needed = arena.allocations - before;
    for (size_t k = 1; k <= needed; k++) {
        mkt_err_clear(&err);
        arena.fail_at = arena.allocations + k;
        assert_int_equal(mkt_journey_end_fit(&arena, &t, 2, 1, &out, &err), MKT_E_NOMEM);
        arena.fail_at = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(by_hand, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(spread_as_defined, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(intervals_cover, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(every_arena_size, arena_open, arena_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
