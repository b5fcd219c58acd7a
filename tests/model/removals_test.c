/* The sums over journeys, beside the definition worked out touch by touch: what a removal takes away,
 * its slope by differences of b, and scores of each journey. */
#include "model/removals.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "num/near.h"
#include "num/random.h"

#define MOST 20 /* channels */
#define STEPS 12

static struct mkt_arena arena;

static int open_arena(void **state)
{
    (void)state;
    struct mkt_err err = {0};
    return mkt_arena_open(&arena, (size_t)256 << 20, &err) != MKT_OK;
}

static int close_arena(void **state)
{
    (void)state;
    mkt_arena_close(&arena);
    return 0;
}

/* Hazard at touch t; removed: a channel, `channels` for all of them, more for none. */
static double hazard(const double *b, size_t channels, const uint32_t *step, size_t t,
                     size_t removed)
{
    bool met[MOST] = {0};
    double x = b[channels];
    for (size_t i = 0; i <= t; i++) met[step[i]] = true;
    for (size_t k = 0; k < channels; k++)
        if (met[k] && k != removed && removed != channels) x += b[k];
    return 1 / (1 + exp(-x));
}

static double lost(const double *b, size_t channels, const uint32_t *step, size_t steps,
                   size_t removed)
{
    double sum = 0, w = 1;
    for (size_t t = 0; t < steps; t++) {
        double h = hazard(b, channels, step, t, channels + 1);
        double without = hazard(b, channels, step, t, removed);
        sum += h - without * w;
        w *= (1 - without) / (1 - h);
    }
    return sum;
}

/* Whether a removal changes anything on the path. */
static bool matters(size_t removed, size_t channels, const uint32_t *step, size_t steps)
{
    for (size_t t = 0; t < steps; t++)
        if (step[t] == removed) return true;
    return removed == channels;
}

static double slope(const double *b, size_t channels, const uint32_t *step, size_t steps,
                    size_t removed, size_t by)
{
    double moved[MOST + 1], up;
    memcpy(moved, b, (channels + 1) * sizeof *b);
    moved[by] = b[by] + 1e-5;
    up = lost(moved, channels, step, steps, removed);
    moved[by] = b[by] - 1e-5;
    return (up - lost(moved, channels, step, steps, removed)) / 2e-5;
}

/* Of the log likelihood of a journey that converts at its last touch, or never. */
static double score(const double *b, size_t channels, const uint32_t *step, size_t steps,
                    bool converts, size_t by)
{
    double sum = 0;
    for (size_t t = 0; t < steps; t++) {
        bool met = by == channels;
        for (size_t i = 0; i <= t; i++) met |= step[i] == by;
        double h = hazard(b, channels, step, t, channels + 1);
        if (met) sum += (converts && t + 1 == steps) - h;
    }
    return sum;
}

static void add_path(struct mkt_removals *sum, const double *b, size_t channels,
                     const uint32_t *step, size_t steps, const struct mkt_path_counts *counts)
{
    size_t n = channels + 1;
    double converted = (double)counts->conversions, nulls = (double)counts->nulls;
    for (size_t k = 0; k < n; k++) {
        if (!matters(k, channels, step, steps)) continue;
        double gone = lost(b, channels, step, steps, k);
        sum->lost[k] += (converted + nulls) * gone;
        sum->lost_squared[k] += (converted + nulls) * gone * gone;
        for (size_t j = 0; j < n; j++) {
            sum->slope[k * n + j] += (converted + nulls) * slope(b, channels, step, steps, k, j);
            sum->lost_score[k * n + j] +=
                gone * (converted * score(b, channels, step, steps, true, j) +
                        nulls * score(b, channels, step, steps, false, j));
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (int c = 0; c < 2; c++)
                sum->squares[i * n + j] += (c ? converted : nulls) *
                                           score(b, channels, step, steps, c, i) *
                                           score(b, channels, step, steps, c, j);
}

/* Paths of every number of channels, with touches of one channel in a row and later again. */
static void make_paths(struct mkt_paths *paths, size_t channels, size_t n, double *b)
{
    struct mkt_random r;
    struct mkt_err err = {0};
    uint32_t code, step[STEPS];
    mkt_random_init(&r, channels, n);
    mkt_paths_init(paths, &arena);
    for (size_t k = 0; k < channels; k++) {
        char name[2] = {(char)('a' + k), 0};
        assert_int_equal(mkt_names_code(&paths->channel, name, 1, &code, &err), MKT_OK);
        b[k] = 2 * mkt_random_uniform(&r) - 1;
    }
    b[channels] = -1.5;
    for (size_t i = 0; i < n; i++) {
        size_t steps = 1 + mkt_random_below(&r, STEPS);
        for (size_t t = 0; t < steps; t++)
            step[t] = t && mkt_random_below(&r, 4) == 0 ? step[t - 1]
                                                        : mkt_random_below(&r, (uint32_t)channels);
        const struct mkt_path_counts counts = {mkt_random_below(&r, 3), mkt_random_below(&r, 3), 0,
                                               0};
        assert_int_equal(mkt_paths_add(paths, step, steps, &counts, &err), MKT_OK);
    }
    assert_int_equal(mkt_paths_finish(paths, &err), MKT_OK);
}

static void assert_all_near(const double *x, const double *y, size_t n, double within)
{
    for (size_t i = 0; i < n; i++) assert_near(x[i], y[i], within);
}

/* 20 channels: more than have a table of what may have been met. */
static void as_defined(void **state)
{
    (void)state;
    static const size_t channels[] = {1, 2, 5, MOST};
    for (size_t c = 0; c < sizeof channels / sizeof *channels; c++) {
        size_t K = channels[c], n = K + 1;
        struct mkt_paths paths;
        struct mkt_removals sum;
        struct mkt_err err = {0};
        double b[MOST + 1];
        make_paths(&paths, K, 300, b);
        struct mkt_removals slow = {MKT_NEW(&arena, double, n), MKT_NEW(&arena, double, n),
                                    MKT_NEW(&arena, double, n *n), MKT_NEW(&arena, double, n *n),
                                    MKT_NEW(&arena, double, n *n)};
        for (size_t i = 0; i < paths.paths; i++)
            add_path(&slow, b, K, mkt_paths_steps(&paths, &paths.path[i]), paths.path[i].steps,
                     &paths.path[i].counts);
        assert_int_equal(mkt_removals_sum(&arena, &paths, b, 2, &sum, &err), MKT_OK);
        assert_all_near(sum.lost, slow.lost, n, 1e-9);
        assert_all_near(sum.lost_squared, slow.lost_squared, n, 1e-9);
        assert_all_near(sum.slope, slow.slope, n * n, 1e-5);
        assert_all_near(sum.lost_score, slow.lost_score, n * n, 1e-9);
        assert_all_near(sum.squares, slow.squares, n * n, 1e-9);
    }
}

/* One path: three of four places stay empty. */
static void alone(void **state)
{
    (void)state;
    struct mkt_paths paths;
    struct mkt_removals sum;
    struct mkt_err err = {0};
    const struct mkt_path_counts counts = {1, 3, 0, 0}, none = {0};
    const double b[3] = {.4, -.3, -1};
    const uint32_t step[4] = {0, 0, 1, 0};
    mkt_paths_init(&paths, &arena);
    assert_int_equal(mkt_paths_add_text(&paths, "a > a > b > a", 13, '>', &counts, &err), MKT_OK);
    assert_int_equal(mkt_paths_add_text(&paths, "b > a", 5, '>', &none, &err), MKT_OK);
    assert_int_equal(mkt_paths_finish(&paths, &err), MKT_OK);
    assert_int_equal(mkt_removals_sum(&arena, &paths, b, 1, &sum, &err), MKT_OK);
    for (size_t k = 0; k < 3; k++) assert_near(sum.lost[k], 4 * lost(b, 2, step, 4, k), 1e-12);
}

static void same_whatever_the_threads(void **state)
{
    (void)state;
    struct mkt_paths paths;
    struct mkt_removals one, many;
    struct mkt_err err = {0};
    double b[MOST + 1];
    make_paths(&paths, 6, 5000, b);
    assert_int_equal(mkt_removals_sum(&arena, &paths, b, 1, &one, &err), MKT_OK);
    assert_int_equal(mkt_removals_sum(&arena, &paths, b, 40, &many, &err), MKT_OK);
    assert_memory_equal(one.lost, many.lost, 7 * sizeof(double));
    assert_memory_equal(one.slope, many.slope, 49 * sizeof(double));
    assert_memory_equal(one.lost_score, many.lost_score, 49 * sizeof(double));
    assert_memory_equal(one.squares, many.squares, 49 * sizeof(double));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(as_defined, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(alone, open_arena, close_arena),
        cmocka_unit_test_setup_teardown(same_whatever_the_threads, open_arena, close_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
