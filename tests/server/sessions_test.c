/* Sessions: unguessable, bound to a token, and each cancels its own requests alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/sessions.h"

static struct mkt_sessions *sessions;
static struct mkt_err err;

static const struct mkt_value one = {.type = MKT_VALUE_INTEGER, .integer = 1},
                              text = {.type = MKT_VALUE_STRING, .text = "1"};

static int set_up(void **state)
{
    (void)state;
    mkt_err_clear(&err);
    return mkt_sessions_open(&sessions, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_sessions_close(sessions);
    return 0;
}

static void make(const char *bearer, char id[MKT_SESSIONS_ID])
{
    assert_int_equal(mkt_sessions_make(sessions, bearer, id, &err), MKT_OK);
}

static void ids_are_random_and_bound_to_their_token(void **state)
{
    char a[MKT_SESSIONS_ID], b[MKT_SESSIONS_ID];
    (void)state;
    make("Bearer x", a);
    make(NULL, b);
    assert_int_equal(strlen(a), 32);
    assert_int_equal(strspn(a, "0123456789abcdef"), 32);
    assert_string_not_equal(a, b);
    assert_true(mkt_sessions_know(sessions, a, "Bearer x"));
    assert_false(mkt_sessions_know(sessions, a, "Bearer y"));
    assert_false(mkt_sessions_know(sessions, a, NULL));
    assert_true(mkt_sessions_know(sessions, b, NULL));
    assert_false(mkt_sessions_know(sessions, "", NULL)); /* a place that is free */
    assert_false(mkt_sessions_know(sessions, "0123456789abcdef0123456789abcdef", NULL));
}

static void the_one_used_longest_ago_makes_room(void **state)
{
    char first[MKT_SESSIONS_ID], second[MKT_SESSIONS_ID], id[MKT_SESSIONS_ID];
    (void)state;
    make(NULL, first);
    make(NULL, second);
    for (int i = 2; i < MKT_SESSIONS_MOST; i++) make(NULL, id);
    assert_true(mkt_sessions_know(sessions, first, NULL)); /* used again */
    make(NULL, id);
    assert_true(mkt_sessions_know(sessions, first, NULL));
    assert_false(mkt_sessions_know(sessions, second, NULL));
}

static void a_session_cancels_its_own_request(void **state)
{
    struct mkt_flag *flag[3];
    struct mkt_sessions_request *r[3];
    (void)state;
    for (int i = 0; i < 3; i++) assert_int_equal(mkt_flag_make(&flag[i], &err), MKT_OK);
    r[0] = mkt_sessions_begin(sessions, "a", &one);
    r[1] = mkt_sessions_begin(sessions, "b", &one);
    r[2] = mkt_sessions_begin(sessions, "a", &text);
    for (int i = 0; i < 3; i++) mkt_sessions_attach(r[i], flag[i]);
    mkt_sessions_cancel(sessions, "a", &one);
    assert_true(atomic_load(&flag[0]->set));
    assert_false(atomic_load(&flag[1]->set));
    assert_false(atomic_load(&flag[2]->set)); /* "1" is not 1 */
    mkt_sessions_end(r[1]);
    mkt_sessions_cancel(sessions, "b", &one);
    assert_false(atomic_load(&flag[1]->set)); /* it has ended */
    mkt_sessions_end(r[0]);
    mkt_sessions_end(r[2]);
    for (int i = 0; i < 3; i++) mkt_flag_release(flag[i]);
}

/* The id is a copy: the message that it stood in may be gone. What was cancelled before it began to
 * run is stopped when it begins. */
static void a_request_that_waits_is_cancelled_too(void **state)
{
    char id[] = "1";
    const struct mkt_value own = {.type = MKT_VALUE_STRING, .text = id};
    struct mkt_flag *flag;
    (void)state;
    struct mkt_sessions_request *r = mkt_sessions_begin(sessions, "a", &own);
    id[0] = '2';
    assert_int_equal(mkt_flag_make(&flag, &err), MKT_OK);
    mkt_sessions_cancel(sessions, "a", &text);
    mkt_sessions_attach(r, flag);
    assert_true(atomic_load(&flag->set));
    mkt_sessions_end(r);
    mkt_sessions_end(NULL);
    mkt_flag_release(flag);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(ids_are_random_and_bound_to_their_token),
        TEST(the_one_used_longest_ago_makes_room),
        TEST(a_session_cancels_its_own_request),
        TEST(a_request_that_waits_is_cancelled_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
