/* All tasks: found by their owners, forgotten in time. */
#include <string.h>

#include "a2a/a2a_task.h"

#include "base/clock.h"
#include "base/text.h"

mkt_status mkt_a2a_open(const struct mkt_a2a_options *options, struct mkt_a2a **out,
                        struct mkt_err *err)
{
    struct mkt_arena arena;
    MKT_TRY(mkt_arena_open(&arena, sizeof(struct mkt_a2a) + 256, err));
    struct mkt_a2a *a = MKT_NEW(&arena, struct mkt_a2a, 1);
    if (!a) {
        mkt_arena_close(&arena);
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for tasks");
    }
    a->arena = arena;
    a->options = *options;
    pthread_mutex_init(&a->lock, NULL);
    *out = a;
    return MKT_OK;
}

void mkt_a2a_close(struct mkt_a2a *a2a)
{
    if (!a2a) return;
    while (a2a->first) {
        struct mkt_a2a_task *t = a2a->first;
        a2a->first = t->next;
        mkt_a2a_task_release(t);
    }
    pthread_mutex_destroy(&a2a->lock);
    struct mkt_arena arena = a2a->arena;
    mkt_arena_close(&arena);
}

/* ---- with the register's lock held ---- */

static void forget(struct mkt_a2a *a, struct mkt_a2a_task **at)
{
    struct mkt_a2a_task *t = *at;
    *at = t->next;
    a->tasks--;
    mkt_a2a_task_release(t);
}

/* The state, and for how long it has been so. */
static mkt_a2a_state look(struct mkt_a2a_task *task, int64_t *age_ms)
{
    struct mkt_job_view v = {0};
    pthread_mutex_lock(&task->lock);
    mkt_a2a_state state = task->rest;
    int64_t since = task->rest_ms;
    if (task->job) {
        mkt_jobs_view(task->job, &v);
        mkt_blob_release(v.answer);
        since = v.changed_ms;
        if (v.state < MKT_JOB_DONE) state = MKT_A2A_WORKING;
    }
    pthread_mutex_unlock(&task->lock);
    *age_ms = mkt_clock_ms() - since;
    return state;
}

/* Forgets what is old; with `crowded` also the oldest that waits for nothing of ours. */
static void sweep(struct mkt_a2a *a, bool crowded)
{
    struct mkt_a2a_task **oldest = NULL;
    int64_t age;
    for (struct mkt_a2a_task **at = &a->first; *at;) {
        bool still = mkt_a2a_task_is_waited(look(*at, &age));
        if (still && age > a->options.keep_ms) {
            forget(a, at);
            continue;
        }
        if (still) oldest = at; /* the list is newest first */
        at = &(*at)->next;
    }
    if (crowded && oldest && a->tasks >= a->options.tasks) forget(a, oldest);
}

/* ---- */

void mkt_a2a_task_sweep(struct mkt_a2a *a2a)
{
    pthread_mutex_lock(&a2a->lock);
    sweep(a2a, false);
    pthread_mutex_unlock(&a2a->lock);
}

mkt_status mkt_a2a_task_add(struct mkt_a2a *a2a, struct mkt_a2a_task *task, struct mkt_err *err)
{
    mkt_status status = MKT_OK;
    pthread_mutex_lock(&a2a->lock);
    sweep(a2a, true);
    if (a2a->tasks >= a2a->options.tasks) {
        status = mkt_err_set(err, MKT_E_BUSY, "%s tasks are worked on, as many as allowed",
                             MKT_COUNT(a2a->tasks));
    } else {
        task->serial = ++a2a->made;
        task->next = a2a->first;
        a2a->first = mkt_a2a_task_hold(task);
        a2a->tasks++;
    }
    pthread_mutex_unlock(&a2a->lock);
    return status;
}

struct mkt_a2a_task *mkt_a2a_task_find(struct mkt_a2a *a2a, const char *owner, const char *id)
{
    struct mkt_a2a_task *found = NULL;
    pthread_mutex_lock(&a2a->lock);
    for (struct mkt_a2a_task *t = a2a->first; t && !found; t = t->next)
        if (strcmp(t->id, id) == 0 && strcmp(t->owner, owner) == 0) found = mkt_a2a_task_hold(t);
    pthread_mutex_unlock(&a2a->lock);
    return found;
}

mkt_status mkt_a2a_task_all(struct mkt_a2a *a2a, const char *owner, struct mkt_arena *arena,
                            struct mkt_a2a_task ***out, size_t *count, struct mkt_err *err)
{
    pthread_mutex_lock(&a2a->lock);
    struct mkt_a2a_task **list = MKT_NEW(arena, struct mkt_a2a_task *, a2a->tasks + 1);
    *count = 0;
    for (struct mkt_a2a_task *t = a2a->first; list && t; t = t->next)
        if (strcmp(t->owner, owner) == 0) list[(*count)++] = mkt_a2a_task_hold(t);
    pthread_mutex_unlock(&a2a->lock);
    *out = list;
    return list ? MKT_OK : mkt_arena_full(arena, err);
}
