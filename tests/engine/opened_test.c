#include "engine/fixture.h"

#include <pthread.h>

static const struct mkt_reading usual = {.today = 21000};

static struct mkt_opened *get(struct mkt_set *set, const struct mkt_reading *reading,
                              struct mkt_flag *f)
{
    struct mkt_opened *opened = NULL;
    mkt_err_clear(&err);
    if (mkt_opened_get(engine->opened, set, reading, f, NULL, NULL, &opened, &err) != MKT_OK)
        fail_msg("%s", err.text);
    return opened;
}

static size_t count_open(void)
{
    struct mkt_opened_stats stats;
    mkt_opened_stats(engine->opened, &stats);
    return stats.open;
}

static void is_opened_once_for_each_version_and_reading(void **state)
{
    (void)state;
    put_set("shop", shop_csv(30));
    struct mkt_set *set = get_set("shop");
    struct mkt_opened *a = get(set, &usual, flag), *b = get(set, &usual, flag);
    assert_ptr_equal(a->dataset, b->dataset);
    struct mkt_reading other = usual;
    other.dates = "day-first";
    struct mkt_opened *c = get(set, &other, flag);
    assert_ptr_not_equal(a->dataset, c->dataset);
    other = usual;
    other.today++;
    struct mkt_opened *d = get(set, &other, flag);
    assert_ptr_not_equal(a->dataset, d->dataset);
    mkt_opened_release(engine->opened, a);
    mkt_opened_release(engine->opened, b);
    mkt_opened_release(engine->opened, c);
    mkt_opened_release(engine->opened, d);
    put_set("shop", shop_csv(31));
    struct mkt_set *new = get_set("shop");
    struct mkt_opened *e = get(new, &usual, flag);
    assert_int_equal(mkt_dataset_account(e->dataset)->table[0].rows, 62);
    mkt_opened_release(engine->opened, e);
    mkt_datasets_release(new);
    mkt_datasets_release(set);
}

static void closes_what_was_used_longest_ago(void **state)
{
    (void)state;
    char name[3] = "s0";
    for (int i = 0; i < 4; i++) {
        name[1] = (char)('0' + i);
        put_set(name, shop_csv(20 + i));
        struct mkt_set *set = get_set(name);
        mkt_opened_release(engine->opened, get(set, &usual, flag));
        mkt_datasets_release(set);
    }
    assert_int_equal(count_open(), 2);
}

static void what_is_in_use_stays_open(void **state)
{
    (void)state;
    struct mkt_opened *held[4];
    char name[3] = "s0";
    for (int i = 0; i < 4; i++) {
        name[1] = (char)('0' + i);
        put_set(name, shop_csv(20 + i));
        struct mkt_set *set = get_set(name);
        held[i] = get(set, &usual, flag);
        mkt_datasets_release(set);
        assert_int_equal(mkt_datasets_delete(engine->datasets, name, &err), MKT_OK);
    }
    for (int i = 0; i < 4; i++) {
        const struct mkt_performance *sums;
        assert_int_equal(mkt_dataset_performance(held[i]->dataset, &sums, &err), MKT_OK);
        assert_int_equal(sums->rows, 2 * (20 + i));
        mkt_opened_release(engine->opened, held[i]);
    }
    assert_int_equal(count_open(), 2);
}

static void a_fault_is_not_kept(void **state)
{
    (void)state;
    struct mkt_opened *opened = NULL;
    put_set("odd", "a,b\n1,2\n");
    struct mkt_set *set = get_set("odd");
    for (int i = 0; i < 2; i++) {
        mkt_err_clear(&err);
        assert_int_not_equal(
            mkt_opened_get(engine->opened, set, &usual, flag, NULL, NULL, &opened, &err), MKT_OK);
        assert_true(err.text[0]);
    }
    assert_int_equal(count_open(), 0);
    mkt_datasets_release(set);
}

/* The data set points to the flag of the request that opened it: once that is set, the next request
 * gets another. */
static void who_was_stopped_stops_no_one_else(void **state)
{
    (void)state;
    struct mkt_flag *mine;
    put_set("shop", shop_csv(30));
    struct mkt_set *set = get_set("shop");
    assert_int_equal(mkt_flag_make(&mine, &err), MKT_OK);
    struct mkt_opened *a = get(set, &usual, mine);
    atomic_store(&mine->set, true);
    struct mkt_opened *b = get(set, &usual, flag);
    assert_ptr_not_equal(a->dataset, b->dataset);
    mkt_opened_release(engine->opened, a);
    mkt_opened_release(engine->opened, b);
    assert_int_equal(count_open(), 1);
    struct mkt_opened *none = NULL;
    put_set("shop", shop_csv(40));
    mkt_datasets_release(set);
    set = get_set("shop");
    mkt_err_clear(&err);
    assert_int_equal(mkt_opened_get(engine->opened, set, &usual, mine, NULL, NULL, &none, &err),
                     MKT_E_CANCELLED);
    mkt_flag_release(mine);
    mkt_datasets_release(set);
}

static void *open_and_release(void *user)
{
    struct mkt_opened *opened = NULL;
    struct mkt_err e = {0};
    struct mkt_flag *mine;
    if (mkt_flag_make(&mine, &e) != MKT_OK) return NULL;
    if (mkt_opened_get(engine->opened, user, &usual, mine, NULL, NULL, &opened, &e) == MKT_OK) {
        const void *dataset = opened->dataset;
        mkt_opened_release(engine->opened, opened);
        mkt_flag_release(mine);
        void *seen;
        memcpy(&seen, &dataset, sizeof seen);
        return seen;
    }
    mkt_flag_release(mine);
    return NULL;
}

static void many_at_once_share_one(void **state)
{
    (void)state;
    pthread_t thread[6];
    void *seen[6];
    put_set("shop", shop_csv(200));
    struct mkt_set *set = get_set("shop");
    for (int i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, open_and_release, set), 0);
    for (int i = 0; i < 6; i++) pthread_join(thread[i], &seen[i]);
    for (int i = 0; i < 6; i++) {
        assert_non_null(seen[i]);
        assert_ptr_equal(seen[i], seen[0]);
    }
    assert_int_equal(count_open(), 1);
    mkt_datasets_release(set);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(is_opened_once_for_each_version_and_reading),
        T(closes_what_was_used_longest_ago),
        T(what_is_in_use_stays_open),
        T(a_fault_is_not_kept),
        T(who_was_stopped_stops_no_one_else),
        T(many_at_once_share_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
