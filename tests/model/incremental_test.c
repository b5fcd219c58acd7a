/* Worlds whose truth is known: the fit finds it, beats last click, and its intervals cover. */
#include "model/incremental.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "num/near.h"
#include "num/random.h"

#define ARENA_BYTES ((size_t)256 << 20)
#include "arena_fixture.h"

#define K 5
#define MOST 8

struct world {
    double effect[K + 1]; /* last: b_0 */
    double weight[K];     /* how often a channel comes */
    double late[K];       /* how much more often it comes last */
    struct mkt_paths paths;
    double caused[K + 1]; /* expected conversions that each causes, given the touches planned */
    double last[K];       /* last click */
};

static struct mkt_incremental fit(const struct mkt_paths *paths)
{
    struct mkt_incremental out;
    struct mkt_err err = {0};
    assert_int_equal(mkt_incremental_fit(&arena, paths, 1, 2, &out, &err), MKT_OK);
    return out;
}

static double converting(const struct world *w, const uint32_t *step, size_t n, size_t removed)
{
    bool met[K] = {0};
    double stays = 1;
    for (size_t t = 0; t < n; t++) {
        met[step[t]] = removed != K && step[t] != removed;
        double x = w->effect[K];
        for (size_t k = 0; k < K; k++) x += met[k] ? w->effect[k] : 0;
        stays *= 1 - 1 / (1 + exp(-x));
    }
    return 1 - stays;
}

static uint32_t draw_channel(const struct world *w, struct mkt_random *r, bool last)
{
    double all = 0, at;
    for (int k = 0; k < K; k++) all += w->weight[k] * (last ? w->late[k] : 1);
    at = mkt_random_uniform(r) * all;
    for (uint32_t k = 0; k < K - 1; k++)
        if ((at -= w->weight[k] * (last ? w->late[k] : 1)) < 0) return k;
    return K - 1;
}

/* Some channels work and come early, others come late and do nothing: last click is misled. */
static void make_world(struct world *w, uint64_t seed, int64_t users)
{
    struct mkt_random r;
    struct mkt_err err = {0};
    memset(w, 0, sizeof *w);
    mkt_random_init(&r, seed, 0);
    w->effect[K] = -3.5;
    for (int k = 0; k < K; k++) {
        uint32_t code;
        char name[2] = {(char)('a' + k), 0};
        w->effect[k] = 1.4 * mkt_random_uniform(&r);
        w->weight[k] = .5 + mkt_random_uniform(&r);
        w->late[k] = 1.6 - w->effect[k];
        if (k == 0) mkt_paths_init(&w->paths, &arena);
        assert_int_equal(mkt_names_code(&w->paths.channel, name, 1, &code, &err), MKT_OK);
    }
    for (int64_t u = 0; u < users; u++) {
        uint32_t step[MOST];
        size_t n = 1 + mkt_random_below(&r, MOST), end = 0;
        bool met[K] = {0}, converts = false;
        for (size_t t = 0; t < n; t++) step[t] = draw_channel(w, &r, t + 1 == n);
        double with = converting(w, step, n, 99);
        for (size_t k = 0; k <= K; k++) w->caused[k] += with - converting(w, step, n, k);
        while (end < n && !converts) {
            double x = w->effect[K];
            met[step[end++]] = true;
            for (size_t k = 0; k < K; k++) x += met[k] ? w->effect[k] : 0;
            converts = mkt_random_uniform(&r) < 1 / (1 + exp(-x));
        }
        if (converts) w->last[step[end - 1]]++;
        struct mkt_path_counts counts = {converts, !converts, 0, 0};
        assert_int_equal(mkt_paths_add(&w->paths, step, end, &counts, &err), MKT_OK);
    }
    assert_int_equal(mkt_paths_finish(&w->paths, &err), MKT_OK);
}

static void nearer_to_the_truth_than_last_click(void **state)
{
    (void)state;
    int nearer = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        size_t mark = mkt_arena_mark(&arena);
        struct world w;
        make_world(&w, seed, 20000);
        struct mkt_incremental out = fit(&w.paths);
        double of_fit = 0, of_last = 0;
        for (int k = 0; k < K; k++) {
            of_fit += fabs(out.conversions[k] - w.caused[k]);
            of_last += fabs(w.last[k] - w.caused[k]);
        }
        nearer += of_fit < of_last;
        mkt_arena_release(&arena, mark);
    }
    assert_in_range(nearer, 19, 20);
}

static void intervals_cover(void **state)
{
    (void)state;
    enum { WORLDS = 200, USERS = 4000 };
    struct world big;
    make_world(&big, 31, 400000);
    int covered = 0, effects = 0;
    for (uint64_t i = 0; i < WORLDS; i++) {
        size_t mark = mkt_arena_mark(&arena);
        struct world w;
        struct mkt_random r;
        mkt_random_init(&r, i, 9);
        /* the same company, other users */
        memset(&w, 0, sizeof w);
        int64_t users = mkt_random_poisson(&r, USERS);
        struct mkt_err err = {0};
        mkt_paths_init(&w.paths, &arena);
        for (size_t k = 0; k < K; k++) {
            uint32_t code;
            mkt_status status =
                mkt_names_code(&w.paths.channel, big.paths.channel.name[k], 1, &code, &err);
            assert_int_equal(status, MKT_OK);
        }
        for (int64_t u = 0; u < users; u++) {
            uint32_t step[MOST];
            size_t n = 1 + mkt_random_below(&r, MOST), end = 0;
            bool met[K] = {0}, converts = false;
            for (size_t t = 0; t < n; t++) step[t] = draw_channel(&big, &r, t + 1 == n);
            while (end < n && !converts) {
                double x = big.effect[K];
                met[step[end++]] = true;
                for (size_t k = 0; k < K; k++) x += met[k] ? big.effect[k] : 0;
                converts = mkt_random_uniform(&r) < 1 / (1 + exp(-x));
            }
            struct mkt_path_counts counts = {converts, !converts, 0, 0};
            assert_int_equal(mkt_paths_add(&w.paths, step, end, &counts, &err), MKT_OK);
        }
        assert_int_equal(mkt_paths_finish(&w.paths, &err), MKT_OK);
        struct mkt_incremental out = fit(&w.paths);
        for (size_t k = 0; k <= K; k++) {
            double truth = big.caused[k] * USERS / 400000;
            covered += fabs(out.conversions[k] - truth) <= 1.96 * out.spread[k];
            effects += fabs(out.effect[k] - big.effect[k]) <= 1.96 * out.effect_spread[k];
        }
        mkt_arena_release(&arena, mark);
    }
    assert_in_range(covered * 1000 / (WORLDS * (K + 1)), 920, 980);
    assert_in_range(effects * 1000 / (WORLDS * (K + 1)), 920, 980);
}

/* Without any effect, nothing is incremental; one channel is fitted by hand. */
static void by_hand(void **state)
{
    (void)state;
    struct mkt_paths paths;
    struct mkt_err err = {0};
    mkt_paths_init(&paths, &arena);
    struct mkt_path_counts base = {1000, 9000, 0, 0}, both = {3000, 7000, 0, 0};
    assert_int_equal(mkt_paths_add_text(&paths, "a", 1, '>', &base, &err), MKT_OK);
    assert_int_equal(mkt_paths_add_text(&paths, "b", 1, '>', &base, &err), MKT_OK);
    assert_int_equal(mkt_paths_finish(&paths, &err), MKT_OK);
    struct mkt_incremental out = fit(&paths);
    assert_near(out.effect[0], out.effect[1], 1e-9);
    assert_true(fabs(out.conversions[0]) <= 1000);
    /* a second moment at which both were met: odds 3/7 against 1/9 after one, or after one twice */
    assert_int_equal(mkt_paths_add_text(&paths, "a > b", 5, '>', &both, &err), MKT_OK);
    assert_int_equal(mkt_paths_add_text(&paths, "b > b", 5, '>', &base, &err), MKT_OK);
    assert_int_equal(mkt_paths_finish(&paths, &err), MKT_OK);
    out = fit(&paths);
    double first = out.effect[2], second = first + out.stage[0];
    double h1 = 1 / (1 + exp(-first - out.effect[0]));
    double h2 = 1 / (1 + exp(-second - out.effect[0] - out.effect[1]));
    double b1 = 1 / (1 + exp(-first)), b2 = 1 / (1 + exp(-second - out.effect[1]));
    /* a away: 10,000 journeys of a alone lose h1 - b1, those of both h1 + h2 and keep b1 and b2 */
    double expected = 10000 * (h1 - b1) + 10000 * (h1 + h2 - b1 - b2 * (1 - b1) / (1 - h1));
    assert_near(out.conversions[0], expected, 1e-6);
}

static void refusals(void **state)
{
    (void)state;
    struct mkt_paths paths;
    struct mkt_incremental out;
    struct mkt_err err = {0};
    struct mkt_path_counts won = {1, 0, 0, 0}, lost = {0, 1, 0, 0};
    mkt_paths_init(&paths, &arena);
    assert_int_equal(mkt_paths_add_text(&paths, "a", 1, '>', &won, &err), MKT_OK);
    assert_int_equal(mkt_incremental_fit(&arena, &paths, 1, 2, &out, &err), MKT_E_EMPTY);
    assert_non_null(strstr(err.text, "every journey converts"));
    mkt_paths_init(&paths, &arena);
    mkt_err_clear(&err);
    assert_int_equal(mkt_paths_add_text(&paths, "a", 1, '>', &lost, &err), MKT_OK);
    assert_int_equal(mkt_incremental_fit(&arena, &paths, 1, 2, &out, &err), MKT_E_EMPTY);
    for (int i = 0; i < 70; i++) {
        char name[2] = {(char)(33 + i), 0};
        if (*name != '>')
            assert_int_equal(mkt_paths_add_text(&paths, name, 1, '>', &won, &err), MKT_OK);
    }
    mkt_err_clear(&err);
    assert_int_equal(mkt_incremental_fit(&arena, &paths, 1, 2, &out, &err), MKT_E_LIMIT);
    struct world w;
    make_world(&w, 1, 200);
    size_t before = arena.allocations;
    (void)fit(&w.paths);
    size_t needed = arena.allocations - before;
    for (size_t k = 1; k <= needed; k++) {
        mkt_err_clear(&err);
        arena.fail_at = arena.allocations + k;
        assert_int_equal(mkt_incremental_fit(&arena, &w.paths, 1, 2, &out, &err), MKT_E_NOMEM);
        arena.fail_at = 0;
    }
}

static void same_whatever_the_threads(void **state)
{
    (void)state;
    struct world w;
    struct mkt_incremental one, many;
    struct mkt_err err = {0};
    make_world(&w, 3, 2000);
    assert_int_equal(mkt_incremental_fit(&arena, &w.paths, 1, 1, &one, &err), MKT_OK);
    assert_int_equal(mkt_incremental_fit(&arena, &w.paths, 1, 40, &many, &err), MKT_OK);
    assert_memory_equal(one.conversions, many.conversions, (K + 1) * sizeof(double));
    assert_memory_equal(one.spread, many.spread, (K + 1) * sizeof(double));
    assert_memory_equal(one.effect_spread, many.effect_spread, (K + 1) * sizeof(double));
}

/* All conversions in one channel and none in the other: the penalty keeps the fit finite. */
static void separation(void **state)
{
    (void)state;
    struct mkt_paths paths;
    struct mkt_err err = {0};
    struct mkt_path_counts won = {50, 0, 0, 0}, lost = {0, 50, 0, 0};
    mkt_paths_init(&paths, &arena);
    assert_int_equal(mkt_paths_add_text(&paths, "a", 1, '>', &won, &err), MKT_OK);
    assert_int_equal(mkt_paths_add_text(&paths, "b", 1, '>', &lost, &err), MKT_OK);
    assert_int_equal(mkt_paths_finish(&paths, &err), MKT_OK);
    struct mkt_incremental out = fit(&paths);
    assert_true(out.effect[0] > 1 && out.effect[0] < 10);
    assert_true(out.conversions[0] > 0 && out.conversions[0] < 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nearer_to_the_truth_than_last_click, arena_open,
                                        arena_close),
        cmocka_unit_test_setup_teardown(intervals_cover, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(same_whatever_the_threads, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(by_hand, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(refusals, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(separation, arena_open, arena_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
