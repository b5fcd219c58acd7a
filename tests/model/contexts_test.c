/* Order 1 is the exact chain; higher orders are walked by hand; the spread is that of many worlds. */
#include "model/contexts.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/markov.h"
#include "model/shared_paths.h"
#include "model/user_groups.h"
#include "num/near.h"
#include "num/random.h"

#define ARENA_BYTES ((size_t)512 << 20)
#include "arena_fixture.h"

static void add(struct mkt_paths *p, const char *text, int64_t conversions, int64_t nulls)
{
    struct mkt_err err = {0};
    struct mkt_path_counts c = {conversions, nulls, 0, 0};
    assert_int_equal(mkt_paths_add_text(p, text, strlen(text), '>', &c, &err), MKT_OK);
}

/* From keys of a memory that is `more` longer. */
static mkt_status try_build(const struct mkt_paths *paths, size_t order, size_t more, bool nulls,
                            struct mkt_contexts *out, struct mkt_err *err)
{
    struct mkt_sorted_steps steps;
    mkt_status status = mkt_sorted_steps_make(&arena, paths, order + more, nulls, 2, &steps, err);
    if (status != MKT_OK) return status;
    status = mkt_contexts_build(&arena, &steps, order, 2, out, err);
    mkt_sorted_steps_close(&steps);
    return status;
}

static struct mkt_contexts build(const struct mkt_paths *paths, size_t order, bool nulls)
{
    struct mkt_contexts c;
    struct mkt_err err = {0};
    assert_int_equal(try_build(paths, order, 0, nulls, &c, &err), MKT_OK);
    return c;
}

static struct mkt_contexts_credit fit(const struct mkt_contexts *c)
{
    struct mkt_contexts_credit out;
    struct mkt_err err = {0};
    assert_int_equal(mkt_contexts_fit(&arena, c, 2, &out, &err), MKT_OK);
    return out;
}

/* Journeys in which the channel after next depends on two channels: a b leads to conversion. */
static struct mkt_paths random_paths(uint64_t seed, int64_t journeys)
{
    struct mkt_paths paths;
    struct mkt_random r;
    struct mkt_err err = {0};
    mkt_random_init(&r, seed, 0);
    mkt_paths_init(&paths, &arena);
    for (int c = 0; c < 4; c++) {
        uint32_t code;
        char name[2] = {(char)('a' + c), 0};
        assert_int_equal(mkt_names_code(&paths.channel, name, 1, &code, &err), MKT_OK);
    }
    for (int64_t i = 0; i < journeys; i++) {
        uint32_t step[12];
        size_t n = 0;
        bool converts = false;
        do {
            step[n] = n && step[n - 1] == 2 ? mkt_random_below(&r, 2) : mkt_random_below(&r, 4);
            n++;
            double odds = n > 1 && step[n - 2] == 0 && step[n - 1] == 1 ? .5 : .08;
            converts = mkt_random_uniform(&r) < odds;
        } while (!converts && n < 12 && mkt_random_uniform(&r) < .75);
        struct mkt_path_counts counts = {converts, !converts, 0, 0};
        assert_int_equal(mkt_paths_add(&paths, step, n, &counts, &err), MKT_OK);
    }
    assert_int_equal(mkt_paths_finish(&paths, &err), MKT_OK);
    return paths;
}

static void order_one_is_the_exact_chain(void **state)
{
    (void)state;
    struct mkt_paths paths;
    struct mkt_err err = {0};
    mkt_paths_init(&paths, &arena);
    if (!shared_paths_read(&paths)) {
        print_message("no shared data: simulated paths\n");
        paths = random_paths(1, 3000);
    }
    assert_int_equal(mkt_paths_finish(&paths, &err), MKT_OK);
    size_t K = paths.channel.count;
    struct mkt_credits credits;
    struct mkt_markov_room room;
    struct mkt_markov exact;
    const struct mkt_share_rule rule = {.kind = MKT_SHARE_LINEAR};
    assert_int_equal(mkt_credits_init(&credits, &arena, K, 16, true, &rule, 1, &err), MKT_OK);
    assert_int_equal(mkt_user_groups_deal(&arena, &paths, 1, 2, &credits, &err), MKT_OK);
    assert_int_equal(mkt_markov_room_init(&room, &arena, K, &exact, &err), MKT_OK);
    double *total = MKT_NEW(&arena, double, credits.width);
    mkt_credits_total(&credits, total);
    for (int nulls = 0; nulls < 2; nulls++) {
        struct mkt_contexts c = build(&paths, 1, nulls);
        struct mkt_contexts_credit by_sweeps = fit(&c);
        assert_int_equal(c.states, K + 1);
        assert_true(mkt_markov_fit(&room, &credits, total, nulls, &exact));
        assert_near(by_sweeps.conversion, exact.conversion, 1e-12);
        for (size_t k = 0; k < K; k++) {
            assert_near(by_sweeps.removal[k], exact.removal[k], 1e-11);
            assert_near(by_sweeps.credit[k], exact.credit[k], 1e-6);
        }
    }
}

/* Conversion probability without a channel, by walking over all contexts of up to 4 of 4 channels, each
 * a number in fives; all are states here, whatever follows them. */
static double walk(const struct mkt_paths *paths, size_t order, uint32_t removed)
{
    enum { CODES = 625, K = 4 };
    static double count[CODES][K + 2], at[CODES], next[CODES];
    size_t codes = 1;
    double converted = 0;
    memset(count, 0, sizeof count);
    for (size_t i = 0; i < order; i++) codes *= K + 1;
    assert_true(codes <= CODES);
    for (size_t i = 0; i < paths->paths; i++) {
        const struct mkt_path *path = &paths->path[i];
        const uint32_t *step = mkt_paths_steps(paths, path);
        size_t code = 0;
        for (size_t t = 0; t < path->steps; t++) {
            count[code][step[t]] += (double)(path->counts.conversions + path->counts.nulls);
            code = (code * (K + 1) + step[t] + 1) % codes;
        }
        count[code][K] += (double)path->counts.conversions;
        count[code][K + 1] += (double)path->counts.nulls;
    }
    memset(at, 0, sizeof at);
    at[0] = 1;
    for (int step = 0; step < 600; step++) {
        memset(next, 0, sizeof next);
        for (size_t code = 0; code < codes; code++) {
            double leaving = 0;
            for (size_t s = 0; s < K + 2; s++) leaving += count[code][s];
            for (uint32_t s = 0; s < K && leaving > 0; s++)
                if (s != removed)
                    next[(code * (K + 1) + s + 1) % codes] += at[code] * count[code][s] / leaving;
            if (leaving > 0) converted += at[code] * count[code][K] / leaving;
        }
        memcpy(at, next, sizeof at);
    }
    return converted;
}

/* Of many journeys, whose contexts are all states, and of few, where most are passed over. */
static void removal_is_removal(void **state)
{
    (void)state;
    static const int64_t journeys[] = {2000, 40};
    for (size_t order = 2; order <= 4; order++)
        for (size_t j = 0; j < 2; j++) {
            struct mkt_paths paths = random_paths(2, journeys[j]);
            struct mkt_contexts c = build(&paths, order, true);
            struct mkt_contexts_credit credit = fit(&c);
            double all = walk(&paths, order, 99), sum = 0;
            size_t longest = 0;
            for (size_t i = 0; i < c.edges; i++)
                if (c.edge[i].steps > longest) longest = c.edge[i].steps;
            if (j == 0) assert_true(c.states > (order == 2 ? 15 : 30));
            if (j == 1 && order > 2) assert_true(longest > 2);
            assert_near(credit.conversion, all, 1e-12);
            for (uint32_t k = 0; k < 4; k++) {
                assert_near(credit.removal[k], 1 - walk(&paths, order, k) / all, 1e-11);
                sum += credit.credit[k];
            }
            assert_near(sum, (double)paths.total.conversions, 1e-8);
        }
}

static bool has(const struct mkt_paths *paths, size_t path, uint32_t channel)
{
    for (size_t t = 0; t < paths->path[path].steps; t++)
        if (mkt_paths_steps(paths, &paths->path[path])[t] == channel) return true;
    return false;
}

/* With memory as long as the longest path, the chain is the data: the removal effect of a channel is
 * the share of converting journeys that have it, and its credit that share among those of all. */
static void full_memory_is_the_data(void **state)
{
    (void)state;
    struct mkt_paths paths = random_paths(3, 500);
    struct mkt_contexts c = build(&paths, 12, true);
    struct mkt_contexts_credit credit = fit(&c);
    double with[4] = {0}, sum = 0, total = (double)paths.total.conversions;
    assert_int_equal(credit.sweeps, 1);
    for (uint32_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < paths.paths; i++)
            with[k] += has(&paths, i, k) ? (double)paths.path[i].counts.conversions : 0;
        sum += with[k];
    }
    for (uint32_t k = 0; k < 4; k++) {
        double square = 0; /* of what one more journey changes */
        for (size_t i = 0; i < paths.paths; i++) {
            double met = 0;
            for (uint32_t other = 0; other < 4; other++) met += has(&paths, i, other);
            double change = with[k] / sum + total * (has(&paths, i, k) - with[k] * met / sum) / sum;
            square += (double)paths.path[i].counts.conversions * change * change;
        }
        assert_near(credit.removal[k], with[k] / total, 1e-12);
        assert_near(credit.credit[k], total * with[k] / sum, 1e-9);
        assert_near(credit.spread[k], sqrt(square), 1e-9);
    }
}

/* Over many worlds the credit spreads as each world says; intervals cover. */
static void spread_is_right(void **state)
{
    (void)state;
    enum { WORLDS = 200, JOURNEYS = 1200 };
    struct mkt_paths many = random_paths(77, 300000);
    struct mkt_contexts c = build(&many, 2, true);
    struct mkt_contexts_credit truth = fit(&c);
    int covered = 0;
    for (uint64_t w = 0; w < WORLDS; w++) {
        size_t mark = mkt_arena_mark(&arena);
        struct mkt_random r;
        mkt_random_init(&r, w, 5);
        struct mkt_paths paths = random_paths(1000 + w, mkt_random_poisson(&r, JOURNEYS));
        struct mkt_contexts one = build(&paths, 2, true);
        struct mkt_contexts_credit credit = fit(&one);
        for (int k = 0; k < 4; k++) {
            double expected = truth.credit[k] * JOURNEYS / 300000;
            covered += fabs(credit.credit[k] - expected) <= 1.96 * credit.spread[k];
        }
        mkt_arena_release(&arena, mark);
    }
    assert_in_range(covered * 1000 / (WORLDS * 4), 925, 975);
}

static void refusals(void **state)
{
    (void)state;
    struct mkt_paths paths;
    struct mkt_contexts_credit out;
    struct mkt_err err = {0};
    mkt_paths_init(&paths, &arena);
    add(&paths, "a > b", 0, 3);
    assert_int_equal(mkt_paths_finish(&paths, &err), MKT_OK);
    struct mkt_contexts c = build(&paths, 2, true);
    assert_int_equal(mkt_contexts_fit(&arena, &c, 2, &out, &err), MKT_E_EMPTY);

    /* a million steps to and fro: one in a million goes on to the end */
    mkt_paths_init(&paths, &arena);
    enum { N = 1000000 };
    uint32_t *step = MKT_NEW(&arena, uint32_t, N), code;
    mkt_err_clear(&err);
    assert_int_equal(mkt_names_code(&paths.channel, "a", 1, &code, &err), MKT_OK);
    assert_int_equal(mkt_names_code(&paths.channel, "b", 1, &code, &err), MKT_OK);
    for (int i = 0; i < N; i++) step[i] = (uint32_t)i % 2;
    struct mkt_path_counts counts = {1, 1, 0, 0};
    assert_int_equal(mkt_paths_add(&paths, step, N, &counts, &err), MKT_OK);
    assert_int_equal(mkt_paths_finish(&paths, &err), MKT_OK);
    c = build(&paths, 2, true);
    assert_int_equal(mkt_contexts_fit(&arena, &c, 2, &out, &err), MKT_E_LIMIT);
    assert_non_null(strstr(err.text, "order 2"));
}

/* Keys of a longer memory hold the chain of a shorter one. */
static void longer_keys_hold_shorter_chains(void **state)
{
    (void)state;
    struct mkt_paths paths = random_paths(6, 2000);
    struct mkt_err err = {0};
    for (size_t order = 1; order <= 4; order++)
        for (size_t more = 1; more <= 3; more++) {
            struct mkt_contexts one = build(&paths, order, true), other;
            assert_int_equal(try_build(&paths, order, more, true, &other, &err), MKT_OK);
            assert_int_equal(one.states, other.states);
            assert_int_equal(one.edges, other.edges);
            assert_memory_equal(one.met, other.met, one.edges * one.bytes);
            assert_memory_equal(one.latest, other.latest, one.states * sizeof *one.latest);
            assert_memory_equal(one.first, other.first, (one.states + 1) * sizeof *one.first);
            assert_memory_equal(one.leaving, other.leaving, one.states * sizeof *one.leaving);
            for (size_t i = 0; i < one.edges; i++) {
                const struct mkt_context_edge *a = &one.edge[i], *b = &other.edge[i];
                assert_true(a->symbol == b->symbol && a->to == b->to && a->steps == b->steps &&
                            a->count == b->count);
            }
        }
}

static void needs_room(void **state)
{
    (void)state;
    struct mkt_paths paths = random_paths(4, 300);
    struct mkt_contexts c;
    struct mkt_contexts_credit out;
    struct mkt_err err = {0};
    size_t before = arena.allocations;
    c = build(&paths, 3, true);
    out = fit(&c);
    size_t needed = arena.allocations - before;
    for (size_t k = 1; k <= needed; k++) {
        mkt_err_clear(&err);
        arena.fail_at = arena.allocations + k;
        mkt_status status = try_build(&paths, 3, 0, true, &c, &err);
        if (status == MKT_OK) status = mkt_contexts_fit(&arena, &c, 2, &out, &err);
        arena.fail_at = 0;
        assert_int_equal(status, MKT_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(order_one_is_the_exact_chain, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(removal_is_removal, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(full_memory_is_the_data, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(spread_is_right, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(refusals, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(longer_keys_hold_shorter_chains, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(needs_room, arena_open, arena_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
