#include "engine/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct mkt_err err;
static struct mkt_pool *pool;
static struct mkt_jobs *jobs;
static atomic_int dropped;

static int set_up(void **state)
{
    (void)state;
    struct mkt_pool_options p = {.workers = 1, .queue = 4, .arena = 1 << 16, .keep = 0};
    struct mkt_jobs_options j = {.limit = 3, .keep_ms = 60000, .run_ms = 60000};
    mkt_err_clear(&err);
    atomic_store(&dropped, 0);
    if (mkt_pool_open(&p, &pool, &err) != MKT_OK) return -1;
    return mkt_jobs_open(&j, &jobs, &err) == MKT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    mkt_pool_close(pool);
    mkt_jobs_close(jobs);
    return 0;
}

static void drop(void *user)
{
    (void)user;
    atomic_fetch_add(&dropped, 1);
}

static void answer_task(struct mkt_arena *arena, struct mkt_job *job, void *user)
{
    struct mkt_blob *blob;
    struct mkt_err e = {0};
    (void)arena;
    mkt_jobs_event(job, "progress", "{\"done\":0.5}");
    if (mkt_blob_make("text/plain", user, strlen(user), &blob, &e) != MKT_OK) return;
    mkt_jobs_finish(job, blob, NULL);
    mkt_blob_release(blob);
}

static void failing_task(struct mkt_arena *arena, struct mkt_job *job, void *user)
{
    struct mkt_err e = {0};
    (void)arena;
    (void)user;
    mkt_err_set(&e, MKT_E_DATA, "row 3 is broken");
    mkt_jobs_finish(job, NULL, &e);
}

/* Runs until it is told to stop. */
static void endless_task(struct mkt_arena *arena, struct mkt_job *job, void *user)
{
    struct mkt_err e = {0};
    (void)arena;
    (void)user;
    while (!atomic_load(&mkt_jobs_flag(job)->set)) usleep(500);
    mkt_err_set(&e, MKT_E_CANCELLED, "stopped");
    mkt_jobs_finish(job, NULL, &e);
}

static struct mkt_job *start(mkt_jobs_task *task, void *user)
{
    struct mkt_job *job = NULL;
    mkt_err_clear(&err);
    if (mkt_jobs_start(jobs, pool, "roi", task, drop, user, &job, &err) != MKT_OK)
        fail_msg("%s", err.text);
    return job;
}

static struct mkt_job_view view(struct mkt_job *job)
{
    struct mkt_job_view v;
    mkt_jobs_view(job, &v);
    mkt_blob_release(v.answer);
    return v;
}

static void wait_for(struct mkt_job *job, mkt_job_state state)
{
    for (int i = 0; i < 20000 && view(job).state != state; i++) usleep(500);
    assert_int_equal(view(job).state, state);
}

/* The time of the last change stands still between changes, and only grows. */
static void the_last_change_has_a_time(void **state)
{
    static char text[] = "x";
    (void)state;
    struct mkt_job *first = start(endless_task, NULL);
    struct mkt_job *second = start(answer_task, text);
    wait_for(first, MKT_JOB_RUNNING);
    int64_t queued = view(second).changed_ms, running = view(first).changed_ms;
    usleep(5000);
    assert_int_equal(view(second).changed_ms, queued);
    assert_int_equal(view(first).changed_ms, running);
    mkt_jobs_cancel(first);
    wait_for(second, MKT_JOB_DONE);
    assert_true(view(first).changed_ms >= running + 4);
    assert_true(view(second).changed_ms >= queued + 4);
    assert_ptr_equal(mkt_jobs_hold(first), first);
    mkt_jobs_release(first);
    assert_null(mkt_jobs_hold(NULL));
    mkt_jobs_release(first);
    mkt_jobs_release(second);
}

static bool sleep_once(void *user)
{
    atomic_fetch_add((atomic_int *)user, 1);
    return true;
}

static void wake_once(void *user)
{
    atomic_fetch_add((atomic_int *)user, 1);
}

static bool refuse_to_sleep(void *user)
{
    (void)user;
    return false;
}

static void a_job_keeps_its_events_and_its_answer(void **state)
{
    (void)state;
    char text[] = "the answer";
    struct mkt_job *job = start(answer_task, text), *found;
    struct mkt_job_event event;
    struct mkt_job_view v;
    atomic_int calls = 0;
    struct mkt_job_reader reader = {.sleep = sleep_once, .wake = wake_once, .user = &calls};
    wait_for(job, MKT_JOB_DONE);
    mkt_jobs_view(job, &v);
    assert_memory_equal(v.answer->bytes, "the answer", 10);
    mkt_blob_release(v.answer);
    assert_string_equal(v.what, "roi");
    assert_int_equal(v.events, 2);
    assert_int_equal(mkt_jobs_find(jobs, v.id, &found, &err), MKT_OK);
    assert_ptr_equal(found, job);
    mkt_jobs_release(found);
    mkt_jobs_attach(job, &reader);
    for (int again = 0; again < 2; again++) { /* from the start, as often as one likes */
        assert_int_equal(mkt_jobs_next(job, &reader, 0, &event), MKT_JOB_EVENT);
        assert_string_equal(event.name, "progress");
        assert_string_equal(event.data, "{\"done\":0.5}");
        assert_int_equal(mkt_jobs_next(job, &reader, 1, &event), MKT_JOB_EVENT);
        assert_string_equal(event.name, "done");
        assert_non_null(strstr(event.data, "/answer\""));
        assert_int_equal(mkt_jobs_next(job, &reader, 2, &event), MKT_JOB_END);
    }
    mkt_jobs_detach(job, &reader);
    assert_int_equal(atomic_load(&calls), 0);
    mkt_jobs_release(job);
}

static void a_failure_keeps_its_sentence(void **state)
{
    (void)state;
    struct mkt_job *job = start(failing_task, NULL);
    wait_for(job, MKT_JOB_FAILED);
    struct mkt_job_view v = view(job);
    assert_int_equal(v.err.status, MKT_E_DATA);
    assert_string_equal(v.err.text, "row 3 is broken");
    mkt_jobs_release(job);
}

static void a_reader_sleeps_and_is_woken(void **state)
{
    (void)state;
    struct mkt_job *job = start(endless_task, NULL);
    struct mkt_job_event event;
    atomic_int calls = 0;
    struct mkt_job_reader reader = {.sleep = sleep_once, .wake = wake_once, .user = &calls};
    wait_for(job, MKT_JOB_RUNNING);
    mkt_jobs_attach(job, &reader);
    assert_int_equal(mkt_jobs_next(job, &reader, 0, &event), MKT_JOB_ASLEEP);
    assert_int_equal(atomic_load(&calls), 1);
    mkt_jobs_wake(job, &reader);
    mkt_jobs_wake(job, &reader); /* awake already: not again */
    assert_int_equal(atomic_load(&calls), 2);
    assert_int_equal(mkt_jobs_next(job, &reader, 0, &event), MKT_JOB_ASLEEP);
    reader.sleep = refuse_to_sleep;
    assert_int_equal(mkt_jobs_next(job, &reader, 0, &event), MKT_JOB_REFUSED);
    mkt_jobs_wake(job, &reader); /* it does not sleep */
    assert_int_equal(atomic_load(&calls), 3);
    reader.sleep = sleep_once;
    assert_int_equal(mkt_jobs_next(job, &reader, 0, &event), MKT_JOB_ASLEEP);
    mkt_jobs_cancel(job);
    wait_for(job, MKT_JOB_CANCELLED);
    assert_int_equal(mkt_jobs_next(job, &reader, 0, &event), MKT_JOB_EVENT);
    assert_string_equal(event.name, "cancelled");
    assert_int_equal(atomic_load(&calls), 5);
    mkt_jobs_detach(job, &reader);
    mkt_jobs_release(job);
}

static void a_waiting_job_is_cancelled_at_once(void **state)
{
    (void)state;
    struct mkt_job *first = start(endless_task, NULL);
    struct mkt_job *second = start(endless_task, NULL);
    wait_for(first, MKT_JOB_RUNNING);
    assert_int_equal(mkt_jobs_active(jobs), 2);
    mkt_jobs_cancel(second);
    assert_int_equal(view(second).state, MKT_JOB_CANCELLED);
    mkt_jobs_cancel(first);
    wait_for(first, MKT_JOB_CANCELLED);
    assert_int_equal(mkt_jobs_active(jobs), 0);
    mkt_jobs_release(first);
    mkt_jobs_release(second);
}

static void there_is_room_for_so_many(void **state)
{
    (void)state;
    struct mkt_job *job[3], *more = NULL;
    for (int i = 0; i < 3; i++) job[i] = start(endless_task, NULL);
    assert_int_equal(mkt_jobs_start(jobs, pool, "roi", endless_task, drop, NULL, &more, &err),
                     MKT_E_BUSY);
    assert_null(more);
    struct mkt_job_view oldest = view(job[0]);
    mkt_jobs_cancel_all(jobs);
    wait_for(job[0], MKT_JOB_CANCELLED);
    more = start(failing_task, NULL); /* one that has ended makes room */
    mkt_err_clear(&err);
    struct mkt_job *found;
    assert_int_equal(mkt_jobs_find(jobs, oldest.id, &found, &err), MKT_E_NOT_FOUND);
    wait_for(more, MKT_JOB_FAILED);
    for (int i = 0; i < 3; i++) mkt_jobs_release(job[i]);
    mkt_jobs_release(more);
    mkt_pool_close(pool);
    pool = NULL;
    assert_int_equal(atomic_load(&dropped), 4); /* each once, the refused one never */
}

static void time_ends_a_job_and_then_its_memory(void **state)
{
    (void)state;
    struct mkt_jobs_options brief = {.limit = 3, .keep_ms = -1, .run_ms = 1};
    mkt_jobs_close(jobs);
    assert_int_equal(mkt_jobs_open(&brief, &jobs, &err), MKT_OK);
    struct mkt_job *job = start(endless_task, NULL), *found;
    for (int i = 0; i < 20000 && view(job).state != MKT_JOB_FAILED; i++) {
        usleep(500);
        mkt_jobs_tick(jobs);
    }
    struct mkt_job_view v = view(job);
    assert_int_equal(v.state, MKT_JOB_FAILED);
    assert_int_equal(v.err.status, MKT_E_TIMEOUT);
    mkt_jobs_tick(jobs);
    mkt_err_clear(&err);
    assert_int_equal(mkt_jobs_find(jobs, v.id, &found, &err), MKT_E_NOT_FOUND);
    mkt_jobs_release(job);
}

static void events_are_bounded(void **state)
{
    (void)state;
    struct mkt_job *job = start(endless_task, NULL);
    wait_for(job, MKT_JOB_RUNNING);
    for (int i = 0; i < MKT_JOBS_EVENTS + 50; i++) mkt_jobs_event(job, "progress", "{}");
    assert_int_equal(view(job).events, MKT_JOBS_EVENTS);
    mkt_jobs_cancel(job);
    wait_for(job, MKT_JOB_CANCELLED);
    assert_int_equal(view(job).events, MKT_JOBS_EVENTS + 1); /* the last word is always there */
    mkt_jobs_release(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_job_keeps_its_events_and_its_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_change_has_a_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_failure_keeps_its_sentence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reader_sleeps_and_is_woken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_waiting_job_is_cancelled_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(there_is_room_for_so_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(time_ends_a_job_and_then_its_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_are_bounded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
