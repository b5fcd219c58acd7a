/* Tasks over a host whose answers are those of no analysis, with one worker of its own. */
#ifndef MKT_TESTS_A2A_FAKE_AGENT_H
#define MKT_TESTS_A2A_FAKE_AGENT_H

#include "a2a/a2a.h"
#include "engine/fake_answers.h"

struct fake_agent {
    struct fake_host fake; /* first: what the host is told is told to it */
    struct mkt_pool *pool;
    struct mkt_jobs *jobs;
    struct mkt_a2a_host host;
    struct mkt_a2a *a2a;
    int starts;       /* that worked */
    mkt_status start; /* of one that fails */
    atomic_int logged;
    mkt_status log; /* of one that fails */
};

static mkt_status fake_agent_log(void *user, const char *owner, const char *request,
                                 const char *answer, size_t n, struct mkt_err *err)
{
    struct fake_agent *a = user;
    (void)owner;
    if (a->log != MKT_OK) return mkt_err_set(err, a->log, "it cannot be logged");
    if (strlen(request) == 64 && strlen(answer) == n) atomic_fetch_add(&a->logged, 1);
    return MKT_OK;
}

static mkt_status fake_agent_start(void *user, struct mkt_question *question, int64_t wish_ms,
                                   bool *narrated, mkt_jobs_task *task, void (*drop)(void *work),
                                   void *work, struct mkt_job **out, struct mkt_err *err)
{
    struct fake_agent *a = user;
    (void)question;
    (void)wish_ms;
    if (a->start != MKT_OK) return mkt_err_set(err, a->start, "no room");
    *narrated = a->fake.facts;
    MKT_TRY(mkt_jobs_start(a->jobs, a->pool, "fake", task, drop, work, out, err));
    a->starts++;
    return MKT_OK;
}

static inline mkt_status fake_agent_open(struct fake_agent *a, size_t tasks, int64_t keep_ms,
                                         struct mkt_err *err)
{
    *a = (struct fake_agent){.fake = {.lock = PTHREAD_MUTEX_INITIALIZER}};
    const struct mkt_pool_options pool = {.workers = 1, .queue = 8, .arena = (size_t)4 << 20};
    const struct mkt_jobs_options jobs = {.limit = 64, .keep_ms = 60000, .run_ms = 60000};
    a->host = (struct mkt_a2a_host){.analysis = mkt_analysis_table,
                                    .analyses = mkt_analysis_count,
                                    .words = MKT_WORDS_PLAIN,
                                    .user = a,
                                    .names = fake_names,
                                    .answer = fake_answer,
                                    .start = fake_agent_start,
                                    .log = fake_agent_log};
    const struct mkt_a2a_options options = {.host = &a->host,
                                            .limits = {(size_t)1 << 20, 24, 20000},
                                            .tasks = tasks,
                                            .keep_ms = keep_ms};
    MKT_TRY(mkt_pool_open(&pool, &a->pool, err));
    MKT_TRY(mkt_jobs_open(&jobs, &a->jobs, err));
    return mkt_a2a_open(&options, &a->a2a, err);
}

static inline void fake_agent_close(struct fake_agent *a)
{
    atomic_store(&a->fake.release, true);
    mkt_pool_close(a->pool);
    mkt_a2a_close(a->a2a);
    mkt_jobs_close(a->jobs);
}

static bool fake_agent_never(void *user)
{
    (void)user;
    return false;
}

static void fake_agent_no_waking(void *user)
{
    (void)user;
}

/* Says the line to its end, and lets what is held go on when it has said what there is; false when
 * something could not be said. */
static inline bool fake_agent_follow(struct fake_agent *a, struct mkt_a2a_line *line,
                                     struct mkt_arena *arena, mkt_a2a_send *send, void *user)
{
    struct mkt_job_reader reader = {.sleep = fake_agent_never, .wake = fake_agent_no_waking};
    struct mkt_job_event event;
    struct mkt_err err = {0};
    bool said = true;
    for (size_t i = line->after;;) {
        mkt_job_next next = mkt_jobs_next(line->job, &reader, i, &event);
        if (next == MKT_JOB_END) break;
        if (next != MKT_JOB_EVENT) {
            if (atomic_load(&a->fake.held))
                atomic_store(i > 2 ? &a->fake.release : &a->fake.begin, true);
            sched_yield();
            continue;
        }
        said = mkt_a2a_line_say(line, arena, &event, send, user, &err) == MKT_OK && said;
        i++;
    }
    mkt_jobs_release(line->job);
    mkt_a2a_line_close(line);
    return said;
}

#endif
