#include "server/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct mkt_err err;
static struct mkt_watch *watch;
static atomic_int told, ticks; /* told: 1 + reason */
static int pair[2];

static void tick(void *user)
{
    (void)user;
    atomic_fetch_add(&ticks, 1);
}

static int set_up(void **state)
{
    (void)state;
    struct mkt_watch_options o = {.header_ms = 150,
                                  .body_ms = 150,
                                  .reply_ms = 150,
                                  .upload_bytes_a_second = 1000,
                                  .tick = tick};
    mkt_err_clear(&err);
    atomic_store(&told, 0);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return -1;
    return mkt_watch_open(&o, &watch, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_watch_close(watch);
    close(pair[0]);
    if (pair[1] >= 0) close(pair[1]);
    return 0;
}

static void pause_ms(long ms)
{
    struct timespec t = {.tv_nsec = ms * 1000000};
    nanosleep(&t, NULL);
}

static void tell(void *user, mkt_watch_reason reason)
{
    (void)user;
    atomic_store(&told, 1 + (int)reason);
}

static void until_told(mkt_watch_reason reason)
{
    for (int i = 0; i < 2000 && !atomic_load(&told); i++) pause_ms(5);
    assert_int_equal(atomic_load(&told), 1 + (int)reason);
}

/* True when the other side is shut down within 10 s. */
static bool is_cut(void)
{
    char byte;
    struct timeval limit = {.tv_sec = 10};
    setsockopt(pair[1], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return recv(pair[1], &byte, 1, 0) == 0;
}

static void each_phase_has_its_time(void **state)
{
    (void)state;
    static const mkt_watch_phase phase[] = {MKT_WATCH_HEADER, MKT_WATCH_BODY, MKT_WATCH_UPLOAD,
                                            MKT_WATCH_REPLY};
    for (size_t i = 0; i < sizeof phase / sizeof *phase; i++) {
        struct mkt_watch_client *c = mkt_watch_add(watch, pair[0]);
        mkt_watch_enter(watch, c, phase[i]);
        assert_true(is_cut());
        mkt_watch_remove(watch, c);
        close(pair[0]);
        close(pair[1]);
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    }
}

static void who_keeps_up_is_left_alone(void **state)
{
    (void)state;
    char byte;
    struct mkt_watch_client *c = mkt_watch_add(watch, pair[0]);
    mkt_watch_enter(watch, c, MKT_WATCH_UPLOAD);
    for (int i = 0; i < 60; i++) {
        mkt_watch_count(c, 10000);
        pause_ms(10);
    }
    mkt_watch_enter(watch, c, MKT_WATCH_RUN);
    pause_ms(400);
    mkt_watch_enter(watch, c, MKT_WATCH_STREAM);
    pause_ms(400);
    assert_true(recv(pair[1], &byte, 1, MSG_DONTWAIT) < 0);
    mkt_watch_remove(watch, c);
}

static void who_waits_is_told_of_the_end(void **state)
{
    (void)state;
    struct mkt_watch_client *c = mkt_watch_add(watch, pair[0]);
    mkt_watch_enter(watch, c, MKT_WATCH_RUN);
    mkt_watch_wait(watch, c, 60000, tell, NULL);
    close(pair[1]);
    pair[1] = -1;
    until_told(MKT_WATCH_GONE);
    atomic_store(&told, 0);
    pause_ms(200);
    assert_int_equal(atomic_load(&told), 0); /* once */
    mkt_watch_remove(watch, c);
}

static void who_waits_is_told_of_the_time(void **state)
{
    (void)state;
    struct mkt_watch_client *c = mkt_watch_add(watch, pair[0]);
    mkt_watch_enter(watch, c, MKT_WATCH_RUN);
    mkt_watch_wait(watch, c, 50, tell, NULL);
    until_told(MKT_WATCH_DEADLINE);
    atomic_store(&told, 0);
    mkt_watch_wait(watch, c, 60000, tell, NULL);
    mkt_watch_stop(watch);
    until_told(MKT_WATCH_STOP);
    mkt_watch_remove(watch, c);
}

static void who_has_left_is_not_told(void **state)
{
    (void)state;
    struct mkt_watch_client *c = mkt_watch_add(watch, pair[0]);
    mkt_watch_enter(watch, c, MKT_WATCH_RUN);
    mkt_watch_wait(watch, c, 60000, tell, NULL);
    mkt_watch_leave(watch, c);
    mkt_watch_stop(watch);
    close(pair[1]);
    pair[1] = -1;
    pause_ms(250);
    assert_int_equal(atomic_load(&told), 0);
    mkt_watch_remove(watch, c);
}

static void it_ticks(void **state)
{
    (void)state;
    int64_t before = mkt_watch_now(watch);
    int first = atomic_load(&ticks);
    for (int i = 0; i < 2000 && atomic_load(&ticks) == first; i++) pause_ms(5);
    assert_true(atomic_load(&ticks) > first);
    assert_true(mkt_watch_now(watch) > before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_phase_has_its_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_keeps_up_is_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_waits_is_told_of_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_waits_is_told_of_the_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_has_left_is_not_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_ticks, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
