/* No message is answered twice: not at once, not after many others, whatever the clock does. */
#include "attest/nonces.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_nonces *nonces;
static struct mkt_err err;

static void open_for(size_t most)
{
    mkt_err_clear(&err);
    mkt_nonces_close(nonces);
    assert_int_equal(mkt_nonces_open(most, &nonces, &err), MKT_OK);
}

static int end(void **state)
{
    (void)state;
    mkt_nonces_close(nonces);
    nonces = NULL;
    return 0;
}

/* A digest whose first bytes, which choose its place in the index, repeat after `spread`. */
static const char *hash_of(int i, int spread)
{
    static char text[MKT_SHA256_TEXT];
    snprintf(text, sizeof text, "%02x%062x", i % spread, i);
    return text;
}

static mkt_status take(int i, int spread, int64_t sent)
{
    mkt_err_clear(&err);
    return mkt_nonces_take(nonces, hash_of(i, spread), sent, &err);
}

static void none_is_taken_twice(void **state)
{
    (void)state;
    open_for(100);
    for (int i = 0; i < 100; i++) assert_int_equal(take(i, 3, 1000 + i), MKT_OK);
    for (int i = 0; i < 100; i++) assert_int_equal(take(i, 3, 1000 + i), MKT_E_CONFLICT);
}

static void what_is_forgotten_is_below_the_floor(void **state)
{
    (void)state;
    open_for(50);
    /* more than it holds, several times round, with places in the index that collide */
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(take(i, 7, 5000 + i), MKT_OK);
        for (int back = i; back >= 0 && back > i - 120; back--) {
            mkt_status again = take(back, 7, 5000 + back);
            assert_int_equal(again, i - back < 50 ? MKT_E_CONFLICT : MKT_E_AUTH);
        }
    }
    /* never seen, but from the time of the forgotten */
    assert_int_equal(take(4000, 7, 5949), MKT_E_AUTH);
    assert_int_equal(take(4001, 7, 5950), MKT_OK);
}

static void a_clock_that_jumps_back_opens_nothing(void **state)
{
    (void)state;
    open_for(10);
    for (int i = 0; i < 30; i++) assert_int_equal(take(i, 5, 3600000000 + i), MKT_OK);
    /* an hour back: what was sent then and answered then would be in time again */
    for (int i = 0; i < 30; i++) assert_int_not_equal(take(i, 5, 3600000000 + i), MKT_OK);
    assert_int_equal(take(99, 5, 1), MKT_E_AUTH);
}

static void what_was_not_answered_may_come_again(void **state)
{
    (void)state;
    open_for(40); /* a place that was given back is used again only in its turn */
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 20; i++) {
            assert_int_equal(take(i, 2, 100), MKT_OK);
            if (i % 2) mkt_nonces_give_back(nonces, hash_of(i, 2));
        }
        for (int i = 1; i < 20; i += 2) assert_int_equal(take(i, 2, 100), MKT_OK);
        for (int i = 0; i < 20; i++) assert_int_equal(take(i, 2, 100), MKT_E_CONFLICT);
        open_for(40);
    }
    mkt_nonces_give_back(nonces, hash_of(7, 2)); /* never taken */
    mkt_nonces_give_back(nonces, "no hash");
}

static void a_restart_remembers(void **state)
{
    (void)state;
    open_for(10);
    for (int i = 0; i < 15; i++) mkt_nonces_recall(nonces, hash_of(i, 4), 700 + i);
    mkt_nonces_recall(nonces, "short", 1);
    assert_int_equal(take(14, 4, 700), MKT_E_CONFLICT);
    assert_int_equal(take(0, 4, 690), MKT_E_AUTH);
    assert_int_equal(take(50, 4, 800), MKT_OK);
    mkt_nonces_forget_until(nonces, 900);
    mkt_nonces_forget_until(nonces, 10); /* never lower */
    assert_int_equal(take(51, 4, 900), MKT_E_AUTH);
    assert_int_equal(take(51, 4, 901), MKT_OK);
    assert_int_equal(mkt_nonces_take(nonces, "zz", 1000, &err), MKT_E_INTERNAL);
}

static atomic_int taken;

static void *take_all(void *user)
{
    struct mkt_err mine = {0};
    char text[MKT_SHA256_TEXT];
    for (int i = 0; i < 2000; i++) {
        snprintf(text, sizeof text, "%064x", i);
        if (mkt_nonces_take(nonces, text, 5, &mine) == MKT_OK) atomic_fetch_add(&taken, 1);
        mkt_err_clear(&mine);
    }
    return user;
}

static void of_several_at_once_one_is_taken(void **state)
{
    (void)state;
    pthread_t thread[4];
    open_for(2000);
    atomic_store(&taken, 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, take_all, NULL), 0);
    for (int i = 0; i < 4; i++) pthread_join(thread[i], NULL);
    assert_int_equal(atomic_load(&taken), 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(none_is_taken_twice, end),
        cmocka_unit_test_teardown(what_is_forgotten_is_below_the_floor, end),
        cmocka_unit_test_teardown(a_clock_that_jumps_back_opens_nothing, end),
        cmocka_unit_test_teardown(what_was_not_answered_may_come_again, end),
        cmocka_unit_test_teardown(a_restart_remembers, end),
        cmocka_unit_test_teardown(of_several_at_once_one_is_taken, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
