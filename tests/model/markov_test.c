/* Published figures to the digit, and the identities a removal effect has. */
#include "model/markov.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/shared_paths.h"
#include "model/user_groups.h"
#include "num/near.h"
#include "num/random.h"

static const struct mkt_share_rule rules[] = {{.name = "first", .kind = MKT_SHARE_FIRST},
                                              {.name = "last", .kind = MKT_SHARE_LAST},
                                              {.name = "linear", .kind = MKT_SHARE_LINEAR}};

struct fixture {
    struct mkt_arena arena;
    struct mkt_paths paths;
    struct mkt_credits credits;
    double *total;
    struct mkt_markov_room room;
    struct mkt_markov markov;
};

static void begin(struct fixture *f)
{
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&f->arena, 64U << 20, &err), MKT_OK);
    mkt_paths_init(&f->paths, &f->arena);
}

static void add(struct fixture *f, const char *text, int64_t conversions, int64_t nulls,
                double value)
{
    struct mkt_err err = {0};
    struct mkt_path_counts c = {conversions, nulls, (mkt_micro)(value * MKT_MICRO), 0};
    assert_int_equal(mkt_paths_add_text(&f->paths, text, strlen(text), '>', &c, &err), MKT_OK);
}

static void count(struct fixture *f)
{
    struct mkt_err err = {0};
    size_t channels;
    assert_int_equal(mkt_paths_finish(&f->paths, &err), MKT_OK);
    channels = f->paths.channel.count;
    assert_int_equal(mkt_credits_init(&f->credits, &f->arena, channels, 16, true, rules, 3, &err),
                     MKT_OK);
    assert_int_equal(mkt_user_groups_deal(&f->arena, &f->paths, 1, 2, &f->credits, &err), MKT_OK);
    f->total = MKT_NEW(&f->arena, double, f->credits.width);
    assert_non_null(f->total);
    mkt_credits_total(&f->credits, f->total);
    assert_int_equal(mkt_markov_room_init(&f->room, &f->arena, channels, &f->markov, &err), MKT_OK);
}

static bool fit(struct fixture *f, bool nulls)
{
    return mkt_markov_fit(&f->room, &f->credits, f->total, nulls, &f->markov);
}

static uint32_t channel(struct fixture *f, const char *name)
{
    uint32_t code;
    struct mkt_err err = {0};
    assert_int_equal(mkt_names_code(&f->paths.channel, name, strlen(name), &code, &err), MKT_OK);
    assert_true(code < f->credits.channels);
    return code;
}

/* METHODS 2.1: heuristics by the R package, removal effects by an absorbing-chain solve. */
struct published {
    const char *name;
    double first, first_value, last, last_value, linear, linear_value, removal, markov;
};

static const struct published published[] = {
    {"eta", 3164, 11909.4762130, 4167, 16754.2038001, 3539.951157101, 13783.497050920, .3575053836,
     3347.765890820},
    {"iota", 4606, 19597.2612770, 3355, 13487.9742714, 3857.096221018, 15988.988995024, .4163975511,
     3899.246228360},
    {"alpha", 6308, 19121.2723558, 8447, 28414.2142744, 7574.718593751, 24524.709568834,
     .5617188440, 5260.069560854},
    {"beta", 2831, 12235.5917444, 989, 3850.0209873, 2083.500144589, 8954.266716608, .2760935774,
     2585.406272115},
    {"theta", 1606, 6652.3493474, 653, 2799.0919876, 1022.801393904, 4295.743619487, .2070479053,
     1938.846090363},
    {"lambda", 902, 3735.6021649, 1207, 5249.9499854, 1035.257572286, 4430.316169428, .1383435577,
     1295.482152087},
    {"kappa", 74, 305.7432500, 230, 1069.3842500, 137.964077922, 599.747786255, .0295433635,
     276.651119358},
    {"zeta", 27, 103.0040000, 107, 453.2607500, 136.551540466, 539.528763053, .0421306484,
     394.521465138},
    {"epsilon", 99, 412.3012429, 531, 2202.6122893, 272.170437720, 1106.270065267, .0645895003,
     604.831523910},
    {"gamma", 165, 718.9779918, 92, 506.0139918, 121.041639020, 569.417357891, .0187979026,
     176.028054339},
    {"delta", 1, 6.1190000, 5, 10.9720000, 1.725000000, 4.404050000, .0004547804, 4.258672713},
    {"mi", 2, 5.2730000, 2, 5.2730000, 2.222222222, 6.081444444, .0002021488, 1.892969943}};

#define PUBLISHED (sizeof published / sizeof *published)

static void published_figures(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    if (!shared_paths_read(&f.paths)) {
        print_message("skipped: no shared data\n");
        mkt_arena_close(&f.arena);
        skip();
    }
    count(&f);
    assert_int_equal(f.credits.channels, PUBLISHED);
    assert_int_equal(f.paths.total.conversions, 19785);
    assert_int_equal(f.paths.total.nulls, 68602);
    assert_near((double)f.paths.total.value / 1e9, 74802.97159, 5e-6);
    size_t longest =
        0; /* the mean length that is published, 5.9454, counts rows: equal paths are one
                           here */
    for (size_t i = 0; i < f.paths.paths; i++)
        if (f.paths.path[i].steps > longest) longest = f.paths.path[i].steps;
    assert_int_equal(longest, 89);
    assert_int_equal(f.paths.paths, 5408);
    assert_true(fit(&f, false));
    for (size_t i = 0; i < PUBLISHED; i++) {
        const struct published *p = &published[i];
        size_t k = channel(&f, p->name);
        const struct mkt_credits *c = &f.credits;
        assert_near(mkt_credits_of(c, f.total, 0, false)[k], p->first, 1e-9);
        assert_near(mkt_credits_of(c, f.total, 1, false)[k], p->last, 1e-9);
        assert_near(mkt_credits_of(c, f.total, 2, false)[k], p->linear, 6e-10);
        assert_near(mkt_credits_of(c, f.total, 0, true)[k] / 1e3, p->first_value, 6e-8);
        assert_near(mkt_credits_of(c, f.total, 1, true)[k] / 1e3, p->last_value, 6e-8);
        assert_near(mkt_credits_of(c, f.total, 2, true)[k] / 1e3, p->linear_value, 6e-8);
        assert_near(f.markov.removal[k], p->removal, 6e-11);
        assert_near(f.markov.credit[k], p->markov, 6e-10);
    }
    double *transition = MKT_NEW(&f.arena, double, 13 * 14);
    mkt_markov_transitions(&f.credits, f.total, true, transition);
    size_t eta = channel(&f, "eta"), alpha = channel(&f, "alpha");
    assert_near(transition[eta], .1608041907, 6e-11);
    assert_near(transition[channel(&f, "iota")], .2311086472, 6e-11);
    assert_near(transition[alpha], .3263602113, 6e-11);
    assert_near(transition[(eta + 1) * 14 + 12], .09605144872, 6e-12);
    assert_near(transition[(eta + 1) * 14 + 13], .3274324044, 6e-11);
    assert_near(transition[(eta + 1) * 14 + eta], .1961828366, 6e-11);
    assert_near(transition[(alpha + 1) * 14 + alpha], .6450525207, 6e-11);
    mkt_arena_close(&f.arena);
}

/* The frame of DP6's tests: nine journeys worth 3 each. */
static void small_frame(void **state)
{
    (void)state;
    static const char *const path[] = {"A",     "A>B", "A>B>C", "B",    "B>A",
                                       "B>C>A", "C",   "C>A",   "C>B>A"};
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < 9; i++) add(&f, path[i], 1, 0, 3);
    count(&f);
    assert_true(fit(&f, false));
    assert_near(f.markov.removal[0], 2. / 3, 1e-14);
    assert_near(f.markov.removal[1], 8. / 15, 1e-14);
    assert_near(f.markov.removal[2], 28. / 57, 1e-14);
    assert_near(3 * f.markov.credit[0], 10.643154, 6e-7);
    assert_near(3 * f.markov.credit[1], 8.514523, 6e-7);
    assert_near(3 * f.markov.credit[2], 7.842324, 6e-7);
    for (int k = 0; k < 3; k++) assert_near(f.markov.credit_value[k], 3 * f.markov.credit[k], 1e-9);
    mkt_arena_close(&f.arena);
}

/* Random journeys of `channels` channels; each step repeated `repeat` times. */
static void add_random(struct fixture *f, uint64_t seed, int channels, int repeat)
{
    struct mkt_random r;
    mkt_random_init(&r, seed, 0);
    for (int i = 0; i < 300; i++) {
        char text[256] = "";
        int steps = 1 + (int)mkt_random_below(&r, 6), at = -1;
        for (int s = 0; s < steps; s++) {
            int next;
            do next = (int)mkt_random_below(&r, (uint32_t)channels);
            while (next == at);
            at = next;
            for (int k = 0; k < repeat; k++)
                sprintf(text + strlen(text), "%sc%d", *text ? ">" : "", at);
        }
        int64_t conversions = mkt_random_below(&r, 3);
        add(f, text, conversions, mkt_random_below(&r, 5),
            conversions ? (double)mkt_random_below(&r, 1000) : 0);
    }
}

/* Conversion probability with channel `removed` leading to (null), by walking until all is absorbed. */
static double walk(struct fixture *f, bool nulls, size_t removed)
{
    size_t K = f->credits.channels;
    double transition[16 * 16], at[16] = {0}, next[16], converted = 0;
    mkt_markov_transitions(&f->credits, f->total, nulls, transition);
    at[0] = 1;
    for (int step = 0; step < 2000; step++) {
        memset(next, 0, sizeof next);
        for (size_t i = 0; i <= K; i++) {
            if (i == removed + 1) continue;
            for (size_t j = 0; j < K; j++) next[j + 1] += at[i] * transition[i * (K + 2) + j];
            converted += at[i] * transition[i * (K + 2) + K];
        }
        memcpy(at, next, sizeof at);
    }
    return converted;
}

static void removal_is_removal(void **state)
{
    (void)state;
    for (int nulls = 0; nulls < 2; nulls++) {
        struct fixture f;
        begin(&f);
        add_random(&f, 5, 7, 1);
        count(&f);
        assert_true(fit(&f, nulls));
        double all = walk(&f, nulls, 99), sum = 0, value = 0;
        assert_near(f.markov.conversion, all, 1e-12);
        for (size_t k = 0; k < 7; k++) {
            assert_near(f.markov.removal[k], 1 - walk(&f, nulls, k) / all, 1e-12);
            sum += f.markov.credit[k];
            value += f.markov.credit_value[k];
        }
        assert_near(sum, (double)f.paths.total.conversions, 1e-9);
        assert_near(value, (double)f.paths.total.value / MKT_MICRO, 1e-6);
        mkt_arena_close(&f.arena);
    }
}

static void repeating_a_step_changes_nothing(void **state)
{
    (void)state;
    struct fixture once, thrice;
    begin(&once);
    begin(&thrice);
    add_random(&once, 9, 5, 1);
    add_random(&thrice, 9, 5, 3);
    count(&once);
    count(&thrice);
    assert_true(fit(&once, true) && fit(&thrice, true));
    for (size_t k = 0; k < 5; k++) {
        assert_near(once.markov.removal[k], thrice.markov.removal[k], 1e-13);
        assert_near(once.markov.credit_value[k], thrice.markov.credit_value[k], 1e-9);
    }
    mkt_arena_close(&once.arena);
    mkt_arena_close(&thrice.arena);
}

static void odd_channels(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f); /* one channel gets all */
    add(&f, "a > a > a", 7, 3, 14);
    count(&f);
    assert_true(fit(&f, true));
    assert_near(f.markov.credit[0], 7, 1e-12);
    assert_near(f.markov.removal[0], 1, 1e-12);
    assert_near(f.markov.conversion, .7, 1e-12);
    mkt_arena_close(&f.arena);

    begin(&f); /* b is never seen converting, c only where nothing converts */
    add(&f, "a", 5, 1, -5);
    add(&f, "b > c", 0, 9, 0);
    count(&f);
    assert_true(fit(&f, true));
    assert_near(f.markov.credit[0], 5, 1e-12);
    assert_near(f.markov.credit[1], 0, 0);
    assert_near(f.markov.credit[2], 0, 0);
    assert_null(f.markov.credit_value); /* refunds only: value cannot be shared */
    mkt_arena_close(&f.arena);

    begin(&f);
    add(&f, "a > b", 0, 9, 0);
    count(&f);
    assert_false(fit(&f, true));
    assert_false(fit(&f, false));
    mkt_arena_close(&f.arena);
}

static void needs_room(void **state)
{
    (void)state;
    struct mkt_arena arena;
    struct mkt_markov_room room;
    struct mkt_markov markov;
    struct mkt_err err = {0};
    assert_int_equal(mkt_arena_open(&arena, 4096, &err), MKT_OK);
    assert_int_equal(mkt_markov_room_init(&room, &arena, 100, &markov, &err), MKT_E_NOMEM);
    mkt_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_figures),  cmocka_unit_test(small_frame),
        cmocka_unit_test(removal_is_removal), cmocka_unit_test(repeating_a_step_changes_nothing),
        cmocka_unit_test(odd_channels),       cmocka_unit_test(needs_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
