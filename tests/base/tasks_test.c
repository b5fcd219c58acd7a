/* Every task is done once, and no two workers share a number at one time. */
#include "base/tasks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TASKS 5000

struct seen {
    atomic_int done[TASKS], inside[MKT_TASKS_THREADS];
    atomic_int twice;
};

static void see(void *user, size_t worker, size_t index)
{
    struct seen *s = user;
    if (atomic_fetch_add(&s->inside[worker], 1) != 0) atomic_fetch_add(&s->twice, 1);
    atomic_fetch_add(&s->done[index], 1);
    atomic_fetch_sub(&s->inside[worker], 1);
}

static void each_task_once(void **state)
{
    (void)state;
    static const size_t threads[] = {1, 2, 5, MKT_TASKS_THREADS}, tasks[] = {0, 1, 3, TASKS};
    for (size_t t = 0; t < 4; t++)
        for (size_t n = 0; n < 4; n++) {
            struct seen s = {0};
            mkt_tasks_run(threads[t], tasks[n], see, &s);
            for (size_t i = 0; i < TASKS; i++) assert_int_equal(s.done[i], i < tasks[n]);
            for (size_t i = threads[t]; i < MKT_TASKS_THREADS; i++)
                assert_int_equal(s.inside[i], 0);
            assert_int_equal(s.twice, 0);
        }
}

static void threads_within_bounds(void **state)
{
    (void)state;
    assert_int_equal(mkt_tasks_threads(-3), 1);
    assert_int_equal(mkt_tasks_threads(0), 1);
    assert_int_equal(mkt_tasks_threads(3), 3);
    assert_int_equal(mkt_tasks_threads(1000), MKT_TASKS_THREADS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_task_once),
        cmocka_unit_test(threads_within_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
