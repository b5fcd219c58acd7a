/* Criteria by hand on small chains; and the order that made the journeys is found. */
#include "model/order_choice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "model/shared_paths.h"
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

static mkt_status choose(struct mkt_arena *from, const struct mkt_paths *paths, size_t most,
                         int threads, struct mkt_order_choice *out, struct mkt_err *err)
{
    struct mkt_sorted_steps steps;
    size_t mark = mkt_arena_mark(from), depth = mkt_order_choice_depth(paths, most);
    mkt_status status = mkt_sorted_steps_make(from, paths, depth, true, threads, &steps, err);
    if (status != MKT_OK) return status;
    size_t used = from->used;
    status = mkt_order_choice_make(from, &steps, threads, out, err);
    assert_int_equal(from->used, used); /* scratch is given back */
    mkt_sorted_steps_close(&steps);
    mkt_arena_release(from, mark);
    return status;
}

static struct mkt_order_choice make(struct mkt_paths *paths, size_t most)
{
    struct mkt_order_choice out;
    struct mkt_err err = {0};
    assert_int_equal(mkt_paths_finish(paths, &err), MKT_OK);
    assert_int_equal(choose(&arena, paths, most, 2, &out, &err), MKT_OK);
    return out;
}

static void criteria_by_hand(void **state)
{
    (void)state;
    struct mkt_paths paths;
    mkt_paths_init(&paths, &arena);
    add(&paths, "a", 30, 10);
    add(&paths, "b", 5, 35);
    add(&paths, "a > b", 12, 8);
    struct mkt_order_choice c = make(&paths, 10);
    assert_int_equal(c.orders, 2); /* no path is longer */

    /* order 1: start a 60, b 40; a: 30 convert, 10 null, 20 b; b: 17 convert, 43 null */
    const struct mkt_order_score *one = &c.score[0], *two = &c.score[1];
    double ll = 60 * log(.6) + 40 * log(.4) + 30 * log(.5) + 10 * log(10. / 60) +
                20 * log(20. / 60) + 17 * log(17. / 60) + 43 * log(43. / 60);
    assert_int_equal(one->states, 3);
    assert_near(one->parameters, 1 + 2 + 1, 0);
    assert_near(one->log_likelihood, ll, 1e-9);
    assert_near(one->aic, 8 - 2 * ll, 1e-9);
    assert_near(one->bic, 4 * log(100) - 2 * ll, 1e-9);
    /* conversions 30 at a, 17 at b; nulls 10 and 43: a scores higher */
    assert_near(one->auc, (30. * 43 + .5 * (30. * 10 + 17. * 43)) / (47. * 53), 1e-12);

    /* order 2 tells b from a > b: 12 of 20 convert there, 30 of 60 at a, 5 of 40 at b */
    assert_int_equal(two->states, 4);
    assert_near(two->parameters, 1 + 2 + 1 + 1, 0);
    double won = 12. * (10 + 35) + 30. * 35 + .5 * (12. * 8 + 30. * 10 + 5. * 35);
    assert_near(two->auc, won / (47. * 53), 1e-12);
    assert_near(two->penalised_auc, 0, 0); /* three paths are too few for three nodes */
    assert_int_equal(c.by_aic, 2);
}

/* The second channel back decides: order 2 by every criterion. */
static struct mkt_paths second_order(uint64_t seed, int journeys, bool second)
{
    struct mkt_paths paths;
    struct mkt_random r;
    struct mkt_err err = {0};
    mkt_random_init(&r, seed, 0);
    mkt_paths_init(&paths, &arena);
    for (uint32_t c = 0; c < 3; c++) {
        char name[2] = {(char)('a' + c), 0};
        uint32_t code;
        assert_int_equal(mkt_names_code(&paths.channel, name, 1, &code, &err), MKT_OK);
    }
    for (int i = 0; i < journeys; i++) {
        uint32_t step[20];
        size_t n = 0;
        bool converts;
        do {
            uint32_t back = second && n > 1 ? step[n - 2] : 0;
            step[n] = mkt_random_uniform(&r) < .5 ? back : mkt_random_below(&r, 3);
            converts = mkt_random_uniform(&r) < (second && n > 0 && step[n - 1] == 2 ? .3 : .05);
            n++;
        } while (!converts && n < 20 && mkt_random_uniform(&r) < .8);
        struct mkt_path_counts counts = {converts, !converts, 0, 0};
        assert_int_equal(mkt_paths_add(&paths, step, n, &counts, &err), MKT_OK);
    }
    return paths;
}

static void finds_the_order(void **state)
{
    (void)state;
    struct mkt_paths paths = second_order(1, 20000, true);
    struct mkt_order_choice c = make(&paths, 6);
    assert_int_equal(c.by_bic, 2);
    assert_int_equal(c.by_held_out, 2);
    assert_true(c.score[1].auc > c.score[0].auc + .02);
    assert_true(c.score[0].held_out < c.score[1].held_out);
    paths = second_order(2, 20000, false);
    c = make(&paths, 6);
    assert_int_equal(c.by_bic, 1);
    assert_int_equal(c.by_held_out, 1);
    for (size_t i = 1; i < c.orders; i++) /* more memory always fits what was seen better */
        assert_true(c.score[i].log_likelihood >= c.score[i - 1].log_likelihood);
}

/* The published table of paths: a search to order 10; the penalty follows its formula. */
static void published_paths(void **state)
{
    (void)state;
    struct mkt_paths paths;
    mkt_paths_init(&paths, &arena);
    if (!shared_paths_read(&paths)) {
        print_message("skipped: no shared data\n");
        skip();
    }
    struct mkt_order_choice c = make(&paths, 10);
    assert_int_equal(c.orders, 10);
    double p = (double)paths.paths;
    for (size_t i = 0; i < 2; i++) {
        double nodes = i ? 78 : 12; /* pairs of 12 channels, order aside */
        assert_near(c.score[i].penalised_auc, 1 - (1 - c.score[i].auc) * (p - 1) / (p - nodes - 1),
                    1e-12);
    }
    assert_int_equal(c.by_auc, 1); /* nothing tells conversions from nulls in these paths */
    for (size_t i = 0; i < c.orders; i++) assert_in_range((int)(c.score[i].auc * 100), 49, 53);
}

static void without_nulls(void **state)
{
    (void)state;
    struct mkt_paths paths;
    mkt_paths_init(&paths, &arena);
    add(&paths, "a > b > a", 3, 0);
    struct mkt_order_choice c = make(&paths, 2);
    assert_true(isnan(c.score[0].auc));
    assert_int_equal(c.by_auc, 0);
}

/* A memory is scored the same whatever longer one the keys are sorted for. */
static void depth_changes_nothing(void **state)
{
    (void)state;
    struct mkt_paths paths = second_order(5, 3000, true);
    struct mkt_order_choice deep = make(&paths, 6);
    for (size_t most = 1; most < deep.orders; most++) {
        struct mkt_order_choice c = make(&paths, most);
        assert_int_equal(c.orders, most);
        for (size_t i = 0; i < most; i++) {
            assert_int_equal(c.score[i].states, deep.score[i].states);
            assert_true(c.score[i].parameters == deep.score[i].parameters);
            assert_true(c.score[i].auc == deep.score[i].auc);
            assert_true(fabs(c.score[i].held_out / deep.score[i].held_out - 1) < 1e-12);
            assert_true(fabs(c.score[i].log_likelihood / deep.score[i].log_likelihood - 1) < 1e-12);
        }
    }
}

/* Neither threads nor the room that keys are made in change a bit. */
static void threads_and_room_change_nothing(void **state)
{
    (void)state;
    struct mkt_paths paths = second_order(4, 20000, true);
    struct mkt_order_choice one = make(&paths, 10), other;
    struct mkt_arena small;
    struct mkt_err err = {0};
    for (int threads = 1; threads <= 5; threads += 2) {
        assert_int_equal(choose(&arena, &paths, 10, threads, &other, &err), MKT_OK);
        assert_memory_equal(&one, &other, sizeof one);
    }
    int done = 0, refused = 0;
    for (size_t room = 1 << 16; room <= 64 << 20; room *= 2) {
        assert_int_equal(mkt_arena_open(&small, room, &err), MKT_OK);
        mkt_status status = choose(&small, &paths, 10, 2, &other, &err);
        assert_true(status == MKT_OK || status == MKT_E_NOMEM);
        if (status == MKT_OK) assert_memory_equal(&one, &other, sizeof one);
        done += status == MKT_OK;
        refused += status != MKT_OK;
        mkt_err_clear(&err);
        mkt_arena_close(&small);
    }
    assert_true(done > 2 && refused > 0);
}

static void refusals(void **state)
{
    (void)state;
    struct mkt_paths paths;
    struct mkt_order_choice out;
    struct mkt_err err = {0};
    mkt_paths_init(&paths, &arena);
    assert_int_equal(choose(&arena, &paths, 3, 2, &out, &err), MKT_E_EMPTY);
    paths = second_order(3, 100, true);
    size_t before = arena.allocations;
    (void)make(&paths, 3);
    size_t needed = arena.allocations - before;
    for (size_t k = 1; k <= needed; k++) {
        mkt_err_clear(&err);
        arena.fail_at = arena.allocations + k;
        mkt_status status = mkt_paths_finish(&paths, &err);
        if (status == MKT_OK) status = choose(&arena, &paths, 3, 2, &out, &err);
        arena.fail_at = 0;
        assert_int_equal(status, MKT_E_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(criteria_by_hand, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(finds_the_order, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(published_paths, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(without_nulls, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(depth_changes_nothing, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(threads_and_room_change_nothing, arena_open, arena_close),
        cmocka_unit_test_setup_teardown(refusals, arena_open, arena_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
