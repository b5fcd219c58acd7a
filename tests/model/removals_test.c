/* The sums over journeys, beside the definition worked out touch by touch: what a removal takes away,
 * its slope by differences of b, and scores of each journey. */
#include "model/removals.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "model/moments.h"
#include "num/near.h"
#include "num/random.h"

#define ARENA_BYTES ((size_t)256 << 20)
#include "arena_fixture.h"

#define MOST 28 /* columns: channels and stages */
#define STEPS 12

/* Columns: channels, then stages; b_0 stands after them. */
struct shape {
    size_t channels, stages, columns;
};

static bool has(const struct shape *f, const uint32_t *step, size_t t, size_t column)
{
    if (column >= f->columns) return column == f->columns;
    if (column >= f->channels) return t + 1 >= mkt_moments_stage[column - f->channels];
    for (size_t i = 0; i <= t; i++)
        if (step[i] == column) return true;
    return false;
}

/* Hazard at touch t; removed: a channel, `columns` for all channels, more for none. */
static double hazard(const double *b, const struct shape *f, const uint32_t *step, size_t t,
                     size_t removed)
{
    double x = 0;
    for (size_t k = 0; k <= f->columns; k++) {
        bool away = k < f->channels && (k == removed || removed == f->columns);
        x += has(f, step, t, k) && !away ? b[k] : 0;
    }
    return 1 / (1 + exp(-x));
}

static double lost(const double *b, const struct shape *f, const uint32_t *step, size_t steps,
                   size_t removed)
{
    double sum = 0, w = 1;
    for (size_t t = 0; t < steps; t++) {
        double h = hazard(b, f, step, t, f->columns + 1);
        double without = hazard(b, f, step, t, removed);
        sum += h - without * w;
        w *= (1 - without) / (1 - h);
    }
    return sum;
}

static double slope(const double *b, const struct shape *f, const uint32_t *step, size_t steps,
                    size_t removed, size_t by)
{
    double moved[MOST + 1], up;
    memcpy(moved, b, (f->columns + 1) * sizeof *b);
    moved[by] = b[by] + 1e-5;
    up = lost(moved, f, step, steps, removed);
    moved[by] = b[by] - 1e-5;
    return (up - lost(moved, f, step, steps, removed)) / 2e-5;
}

/* Of the log likelihood of a journey that converts at its last touch, or never. */
static double score(const double *b, const struct shape *f, const uint32_t *step, size_t steps,
                    bool converts, size_t by)
{
    double sum = 0;
    for (size_t t = 0; t < steps; t++) {
        double h = hazard(b, f, step, t, f->columns + 1);
        if (has(f, step, t, by)) sum += (converts && t + 1 == steps) - h;
    }
    return sum;
}

static void add_path(struct mkt_removals *sum, const double *b, const struct shape *f,
                     const uint32_t *step, size_t steps, const struct mkt_path_counts *counts)
{
    size_t n = f->columns + 1;
    double converted = (double)counts->conversions, nulls = (double)counts->nulls;
    for (size_t k = 0; k < n; k++) {
        if (k < f->columns && (k >= f->channels || !has(f, step, steps - 1, k))) continue;
        double gone = lost(b, f, step, steps, k);
        sum->lost[k] += (converted + nulls) * gone;
        sum->lost_squared[k] += (converted + nulls) * gone * gone;
        for (size_t j = 0; j < n; j++) {
            sum->slope[k * n + j] += (converted + nulls) * slope(b, f, step, steps, k, j);
            sum->lost_score[k * n + j] += gone * (converted * score(b, f, step, steps, true, j) +
                                                  nulls * score(b, f, step, steps, false, j));
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (int c = 0; c < 2; c++)
                sum->squares[i * n + j] += (c ? converted : nulls) *
                                           score(b, f, step, steps, c, i) *
                                           score(b, f, step, steps, c, j);
}

/* Paths of every number of channels, with touches of one channel in a row and later again. */
static void make_paths(struct mkt_paths *paths, const struct shape *f, size_t n, double *b)
{
    size_t channels = f->channels;
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
    for (size_t k = channels; k < f->columns; k++) b[k] = mkt_random_uniform(&r) - .5;
    b[f->columns] = -1.5;
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
    for (size_t i = 0; i < n; i++) assert_near(x[i], y[i], within * (1 + fabs(y[i])));
}

/* 20 channels: more than have a table of what may have been met. No path enters the last stage. */
static void as_defined(void **state)
{
    (void)state;
    static const size_t channels[] = {1, 2, 5, 20}, stages[] = {0, 3, 7};
    for (size_t c = 0; c < sizeof channels / sizeof *channels; c++)
        for (size_t g = 0; g < sizeof stages / sizeof *stages; g++) {
            const struct shape f = {channels[c], stages[g], channels[c] + stages[g]};
            size_t n = f.columns + 1;
            struct mkt_paths paths;
            struct mkt_removals sum;
            struct mkt_err err = {0};
            double b[MOST + 1];
            make_paths(&paths, &f, 200, b);
            assert_int_equal(mkt_moments_stages(&paths), 7);
            struct mkt_removals slow = {MKT_NEW(&arena, double, n), MKT_NEW(&arena, double, n),
                                        MKT_NEW(&arena, double, n *n),
                                        MKT_NEW(&arena, double, n *n),
                                        MKT_NEW(&arena, double, n *n)};
            for (size_t i = 0; i < paths.paths; i++)
                add_path(&slow, b, &f, mkt_paths_steps(&paths, &paths.path[i]), paths.path[i].steps,
                         &paths.path[i].counts);
            assert_int_equal(mkt_removals_sum(&arena, &paths, f.stages, b, 2, &sum, &err), MKT_OK);
            for (size_t k = 0; k < n; k++) {
                if (f.channels <= k && k < f.columns) continue; /* stages are not removed */
                assert_all_near(sum.lost + k, slow.lost + k, 1, 1e-9);
                assert_all_near(sum.lost_squared + k, slow.lost_squared + k, 1, 1e-9);
                assert_all_near(sum.slope + k * n, slow.slope + k * n, n, 1e-5);
                assert_all_near(sum.lost_score + k * n, slow.lost_score + k * n, n, 1e-9);
            }
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
    const struct shape f = {2, 0, 2};
    mkt_paths_init(&paths, &arena);
    assert_int_equal(mkt_paths_add_text(&paths, "a > a > b > a", 13, '>', &counts, &err), MKT_OK);
    assert_int_equal(mkt_paths_add_text(&paths, "b > a", 5, '>', &none, &err), MKT_OK);
    assert_int_equal(mkt_paths_finish(&paths, &err), MKT_OK);
    assert_int_equal(mkt_removals_sum(&arena, &paths, 0, b, 1, &sum, &err), MKT_OK);
    for (size_t k = 0; k < 3; k++) assert_near(sum.lost[k], 4 * lost(b, &f, step, 4, k), 1e-12);
}

static void same_whatever_the_threads(void **state)
{
    (void)state;
    const struct shape f = {6, 7, 13};
    struct mkt_paths paths;
    struct mkt_removals one, many;
    struct mkt_err err = {0};
    double b[MOST + 1];
    make_paths(&paths, &f, 5000, b);
    assert_int_equal(mkt_removals_sum(&arena, &paths, 7, b, 1, &one, &err), MKT_OK);
    assert_int_equal(mkt_removals_sum(&arena, &paths, 7, b, 40, &many, &err), MKT_OK);
    assert_memory_equal(one.lost, many.lost, 14 * sizeof(double));
    assert_memory_equal(one.slope, many.slope, 14 * 14 * sizeof(double));
    assert_memory_equal(one.lost_score, many.lost_score, 14 * 14 * sizeof(double));
    assert_memory_equal(one.squares, many.squares, 14 * 14 * sizeof(double));
}

/* So many paths that some are enough for the spread: what is lost is still of all, and the sums over
 * half of them tell what those over all do. */
static void of_many_paths(void **state)
{
    (void)state;
    const struct shape f = {6, 7, 13};
    struct mkt_paths paths, half[2];
    struct mkt_removals all, part[2];
    struct mkt_err err = {0};
    double b[MOST + 1];
    make_paths(&paths, &f, 240000, b);
    assert_true(paths.paths > 2 * 65536);
    for (int i = 0; i < 2; i++) {
        uint32_t code;
        mkt_paths_init(&half[i], &arena);
        for (size_t k = 0; k < f.channels; k++)
            assert_int_equal(
                mkt_names_code(&half[i].channel, paths.channel.name[k], 1, &code, &err), MKT_OK);
        for (size_t p = (size_t)i; p < paths.paths; p += 2)
            assert_int_equal(mkt_paths_add(&half[i], mkt_paths_steps(&paths, &paths.path[p]),
                                           paths.path[p].steps, &paths.path[p].counts, &err),
                             MKT_OK);
        assert_int_equal(mkt_paths_finish(&half[i], &err), MKT_OK);
        assert_int_equal(mkt_removals_sum(&arena, &half[i], 7, b, 2, &part[i], &err), MKT_OK);
    }
    assert_int_equal(mkt_removals_sum(&arena, &paths, 7, b, 2, &all, &err), MKT_OK);
    for (size_t k = 0; k < f.channels; k++) {
        double sum = part[0].lost[k] + part[1].lost[k];
        assert_near(all.lost[k], sum, 1e-9 * fabs(sum));
        sum = part[0].lost_squared[k] + part[1].lost_squared[k];
        assert_near(all.lost_squared[k], sum, .03 * sum);
        sum = part[0].squares[k * 15] + part[1].squares[k * 15];
        assert_near(all.squares[k * 15], sum, .03 * sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(as_defined, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(alone, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(same_whatever_the_threads, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(of_many_paths, arena_open, arena_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
