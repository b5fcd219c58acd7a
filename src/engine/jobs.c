#include "engine/jobs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/text.h"

struct mkt_job {
    struct mkt_job *next; /* in the table, newest first */
    atomic_uint refs;
    char id[MKT_JOBS_ID];
    const char *what;
    mkt_jobs_task *task;
    void (*drop)(void *user);
    void *user;
    struct mkt_flag *flag;
    atomic_bool overdue;

    pthread_mutex_t lock; /* all below */
    mkt_job_state state;
    int64_t asked, began, ended; /* monotonic ms; 0 for not yet */
    struct mkt_job_event *event; /* the data of each is its own allocation */
    size_t events, event_cap;
    struct mkt_blob *answer;
    struct mkt_err err;
    struct mkt_job_reader *readers;
};

struct mkt_jobs {
    pthread_mutex_t lock; /* the table; taken before a job's */
    struct mkt_job *first;
    size_t count;
    struct mkt_jobs_options options;
};

const char *mkt_jobs_state_name(mkt_job_state state)
{
    static const char *const name[] = {"queued", "running", "done", "failed", "cancelled"};
    return name[state];
}

static bool ended(mkt_job_state state)
{
    return state >= MKT_JOB_DONE;
}

mkt_status mkt_jobs_open(const struct mkt_jobs_options *options, struct mkt_jobs **out,
                         struct mkt_err *err)
{
    struct mkt_jobs *jobs = calloc(1, sizeof *jobs);
    if (!jobs) return mkt_err_set(err, MKT_E_NOMEM, "no memory for jobs");
    jobs->options = *options;
    pthread_mutex_init(&jobs->lock, NULL);
    *out = jobs;
    return MKT_OK;
}

void mkt_jobs_close(struct mkt_jobs *jobs)
{
    if (!jobs) return;
    while (jobs->first) {
        struct mkt_job *job = jobs->first;
        jobs->first = job->next;
        mkt_jobs_release(job);
    }
    pthread_mutex_destroy(&jobs->lock);
    free(jobs);
}

struct mkt_job *mkt_jobs_hold(struct mkt_job *job)
{
    if (job) atomic_fetch_add(&job->refs, 1);
    return job;
}

void mkt_jobs_release(struct mkt_job *job)
{
    if (!job || atomic_fetch_sub(&job->refs, 1) != 1) return;
    for (size_t i = 0; i < job->events; i++) {
        char *data;
        memcpy(&data, &job->event[i].data, sizeof data); /* ours, though shown as const */
        free(data);
    }
    free(job->event);
    mkt_blob_release(job->answer);
    mkt_flag_release(job->flag);
    pthread_mutex_destroy(&job->lock);
    free(job);
}

/* ---- the table; with its lock held ---- */

static mkt_job_state state_of(struct mkt_job *job, int64_t *since)
{
    pthread_mutex_lock(&job->lock);
    mkt_job_state state = job->state;
    *since = ended(state) ? job->ended : job->began;
    pthread_mutex_unlock(&job->lock);
    return state;
}

static void forget(struct mkt_jobs *jobs, struct mkt_job **at)
{
    struct mkt_job *job = *at;
    *at = job->next;
    jobs->count--;
    mkt_jobs_release(job);
}

/* Stops what is overdue and forgets what is old; with `crowded`, also the oldest that ended. */
static void sweep(struct mkt_jobs *jobs, bool crowded)
{
    int64_t now = mkt_clock_ms(), since;
    struct mkt_job **oldest = NULL;
    for (struct mkt_job **at = &jobs->first; *at;) {
        mkt_job_state state = state_of(*at, &since);
        if (state == MKT_JOB_RUNNING && now - since > jobs->options.run_ms) {
            atomic_store(&(*at)->overdue, true);
            atomic_store(&(*at)->flag->set, true);
        }
        if (ended(state) && now - since > jobs->options.keep_ms) {
            forget(jobs, at);
            continue;
        }
        if (ended(state)) oldest = at; /* the list is newest first */
        at = &(*at)->next;
    }
    if (crowded && oldest && jobs->count >= jobs->options.limit) forget(jobs, oldest);
}

void mkt_jobs_tick(struct mkt_jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    sweep(jobs, false);
    pthread_mutex_unlock(&jobs->lock);
}

mkt_status mkt_jobs_find(struct mkt_jobs *jobs, const char *id, struct mkt_job **out,
                         struct mkt_err *err)
{
    pthread_mutex_lock(&jobs->lock);
    struct mkt_job *job = jobs->first;
    while (job && strcmp(job->id, id) != 0) job = job->next;
    if (job) mkt_jobs_hold(job);
    pthread_mutex_unlock(&jobs->lock);
    if (!job) return mkt_err_set(err, MKT_E_NOT_FOUND, "there is no job \"%.40s\"", id);
    *out = job;
    return MKT_OK;
}

size_t mkt_jobs_active(struct mkt_jobs *jobs)
{
    size_t active = 0;
    int64_t since;
    pthread_mutex_lock(&jobs->lock);
    for (struct mkt_job *job = jobs->first; job; job = job->next)
        active += !ended(state_of(job, &since));
    pthread_mutex_unlock(&jobs->lock);
    return active;
}

void mkt_jobs_cancel_all(struct mkt_jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    for (struct mkt_job *job = jobs->first; job; job = job->next) mkt_jobs_cancel(job);
    pthread_mutex_unlock(&jobs->lock);
}

/* ---- events; with the job's lock held ---- */

static void add_event(struct mkt_job *job, const char *name, const char *data)
{
    char *copy = strdup(data);
    if (copy && job->events == job->event_cap) {
        size_t more = job->event_cap ? 2 * job->event_cap : 8;
        struct mkt_job_event *event = realloc(job->event, more * sizeof *event);
        if (event) {
            job->event = event;
            job->event_cap = more;
        }
    }
    if (!copy || job->events == job->event_cap) {
        free(copy); /* an event less; state and answer are kept apart */
        return;
    }
    job->event[job->events++] = (struct mkt_job_event){name, copy};
}

static void wake(struct mkt_job_reader *reader)
{
    if (!reader->asleep) return;
    reader->asleep = false;
    reader->wake(reader->user);
}

static void wake_all(struct mkt_job *job)
{
    for (struct mkt_job_reader *r = job->readers; r; r = r->next) wake(r);
}

static void end(struct mkt_job *job, mkt_job_state state)
{
    job->state = state;
    job->ended = mkt_clock_ms();
    char data[256]; /* names of ours only: nothing to escape; the error's sentence is in the view */
    int n = snprintf(data, sizeof data, "{\"id\":\"%s\",\"state\":\"%s\"", job->id,
                     mkt_jobs_state_name(state));
    if (state == MKT_JOB_DONE)
        n += snprintf(data + n, sizeof data - (size_t)n, ",\"answer\":\"/api/v1/jobs/%s/answer\"",
                      job->id);
    if (state == MKT_JOB_FAILED)
        n += snprintf(data + n, sizeof data - (size_t)n, ",\"error\":\"%s\"",
                      mkt_status_name(job->err.status));
    snprintf(data + n, sizeof data - (size_t)n, "}");
    add_event(job, mkt_jobs_state_name(state), data);
    wake_all(job);
}

/* ---- a job's life ---- */

static void run(struct mkt_arena *arena, void *user)
{
    struct mkt_job *job = user;
    pthread_mutex_lock(&job->lock);
    bool wanted = job->state == MKT_JOB_QUEUED;
    if (wanted) {
        job->state = MKT_JOB_RUNNING;
        job->began = mkt_clock_ms();
    }
    pthread_mutex_unlock(&job->lock);
    if (wanted) job->task(arena, job, job->user);
    if (job->drop) job->drop(job->user);
    mkt_jobs_release(job);
}

/* NULL when the error is set. */
static struct mkt_job *make(const char *what, struct mkt_err *err)
{
    unsigned char bytes[16];
    struct mkt_job *job = calloc(1, sizeof *job);
    if (!job) {
        mkt_err_set(err, MKT_E_NOMEM, "no memory for a job");
        return NULL;
    }
    mkt_status status = mkt_flag_make(&job->flag, err);
    if (status == MKT_OK && getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        status = mkt_err_set(err, MKT_E_INTERNAL, "no random bytes for the id of a job");
    if (status != MKT_OK) {
        mkt_flag_release(job->flag);
        free(job);
        return NULL;
    }
    for (size_t i = 0; i < sizeof bytes; i++) snprintf(job->id + 2 * i, 3, "%02x", bytes[i]);
    pthread_mutex_init(&job->lock, NULL);
    atomic_init(&job->refs, 1);
    job->what = what;
    job->asked = mkt_clock_ms();
    return job;
}

mkt_status mkt_jobs_start(struct mkt_jobs *jobs, struct mkt_pool *pool, const char *what,
                          mkt_jobs_task *task, void (*drop)(void *user), void *user,
                          struct mkt_job **out, struct mkt_err *err)
{
    struct mkt_job *job = make(what, err);
    if (!job) return err->status;
    job->task = task;
    job->drop = drop;
    job->user = user;

    pthread_mutex_lock(&jobs->lock);
    sweep(jobs, true);
    mkt_status status = MKT_OK;
    if (jobs->count >= jobs->options.limit)
        status = mkt_err_set(err, MKT_E_BUSY, "%s jobs wait or run, as many as allowed",
                             MKT_COUNT(jobs->count));
    if (status == MKT_OK) {
        mkt_jobs_hold(job); /* the worker's */
        status = mkt_pool_submit(pool, run, job, err);
        if (status != MKT_OK) atomic_fetch_sub(&job->refs, 1);
    }
    if (status == MKT_OK) {
        job->next = jobs->first;
        jobs->first = mkt_jobs_hold(job);
        jobs->count++;
        *out = job;
    }
    pthread_mutex_unlock(&jobs->lock);
    if (status != MKT_OK) mkt_jobs_release(job);
    return status;
}

void mkt_jobs_cancel(struct mkt_job *job)
{
    pthread_mutex_lock(&job->lock);
    atomic_store(&job->flag->set, true);
    if (job->state == MKT_JOB_QUEUED) end(job, MKT_JOB_CANCELLED);
    pthread_mutex_unlock(&job->lock);
}

struct mkt_flag *mkt_jobs_flag(struct mkt_job *job)
{
    return job->flag;
}

void mkt_jobs_event(struct mkt_job *job, const char *name, const char *data)
{
    pthread_mutex_lock(&job->lock);
    if (job->state == MKT_JOB_RUNNING && job->events < MKT_JOBS_EVENTS) {
        add_event(job, name, data);
        wake_all(job);
    }
    pthread_mutex_unlock(&job->lock);
}

void mkt_jobs_finish(struct mkt_job *job, struct mkt_blob *answer, const struct mkt_err *err)
{
    pthread_mutex_lock(&job->lock);
    mkt_job_state state = MKT_JOB_DONE;
    if (answer) {
        job->answer = mkt_blob_hold(answer);
    } else {
        job->err = *err;
        state = MKT_JOB_FAILED;
        if (atomic_load(&job->flag->set)) state = MKT_JOB_CANCELLED;
        if (atomic_load(&job->overdue)) {
            mkt_err_clear(&job->err);
            mkt_err_set(&job->err, MKT_E_TIMEOUT, "the job took longer than allowed");
            state = MKT_JOB_FAILED;
        }
    }
    end(job, state);
    pthread_mutex_unlock(&job->lock);
}

void mkt_jobs_view(struct mkt_job *job, struct mkt_job_view *out)
{
    int64_t now = mkt_clock_ms();
    pthread_mutex_lock(&job->lock);
    *out = (struct mkt_job_view){.what = job->what,
                                 .state = job->state,
                                 .age_ms = now - job->asked,
                                 .changed_ms = job->ended   ? job->ended
                                               : job->began ? job->began
                                                            : job->asked,
                                 .events = job->events,
                                 .answer = job->answer ? mkt_blob_hold(job->answer) : NULL,
                                 .err = job->err};
    if (job->began) out->run_ms = (job->ended ? job->ended : now) - job->began;
    memcpy(out->id, job->id, sizeof out->id);
    pthread_mutex_unlock(&job->lock);
}

/* ---- readers ---- */

void mkt_jobs_attach(struct mkt_job *job, struct mkt_job_reader *reader)
{
    pthread_mutex_lock(&job->lock);
    reader->next = job->readers;
    job->readers = reader;
    pthread_mutex_unlock(&job->lock);
}

void mkt_jobs_detach(struct mkt_job *job, struct mkt_job_reader *reader)
{
    pthread_mutex_lock(&job->lock);
    struct mkt_job_reader **at = &job->readers;
    while (*at && *at != reader) at = &(*at)->next;
    if (*at) *at = reader->next;
    pthread_mutex_unlock(&job->lock);
}

void mkt_jobs_wake(struct mkt_job *job, struct mkt_job_reader *reader)
{
    pthread_mutex_lock(&job->lock);
    wake(reader);
    pthread_mutex_unlock(&job->lock);
}

mkt_job_next mkt_jobs_next(struct mkt_job *job, struct mkt_job_reader *reader, size_t index,
                           struct mkt_job_event *out)
{
    mkt_job_next next = MKT_JOB_EVENT;
    pthread_mutex_lock(&job->lock);
    if (index < job->events) {
        *out = job->event[index];
    } else if (ended(job->state)) {
        next = MKT_JOB_END;
    } else {
        reader->asleep = reader->sleep(reader->user);
        next = reader->asleep ? MKT_JOB_ASLEEP : MKT_JOB_REFUSED;
    }
    pthread_mutex_unlock(&job->lock);
    return next;
}
