/* Runs that take longer than a client wants to hold a connection: events, state, cancellation.
 *
 * A job keeps its events from the first, so that any number of readers may come late or come back
 * (Server-Sent Events with Last-Event-ID). Jobs live in memory: a restart forgets them. Finished
 * ones are kept for a while, then forgotten; their number is bounded.
 */
#ifndef MKT_ENGINE_JOBS_H
#define MKT_ENGINE_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/blob.h"
#include "engine/flag.h"
#include "engine/pool.h"

#define MKT_JOBS_EVENTS 1000 /* events kept of one job; progress beyond it is dropped */
#define MKT_JOBS_ID 33       /* bytes of an id, NUL included */

struct mkt_jobs;
struct mkt_job;

typedef enum {
    MKT_JOB_QUEUED,
    MKT_JOB_RUNNING,
    MKT_JOB_DONE,
    MKT_JOB_FAILED,
    MKT_JOB_CANCELLED
} mkt_job_state;

const char *mkt_jobs_state_name(mkt_job_state state);

struct mkt_jobs_options {
    size_t limit;
    int64_t keep_ms, run_ms;
};

/* What a job does, in a worker. It ends with mkt_jobs_finish; what it needs is in `user`. */
typedef void mkt_jobs_task(struct mkt_arena *arena, struct mkt_job *job, void *user);

struct mkt_job_event {
    const char *name; /* "progress", "facts", "words", "done", "failed", "cancelled" */
    const char *data; /* JSON on one line */
};

struct mkt_job_view {
    char id[MKT_JOBS_ID];
    const char *what; /* name of the analysis */
    mkt_job_state state;
    int64_t age_ms, run_ms; /* since it was asked for; time it has run */
    int64_t changed_ms;     /* when its state last changed, on CLOCK_MONOTONIC */
    size_t events;
    struct mkt_blob *answer; /* held for the caller when DONE, else NULL */
    struct mkt_err err;      /* when FAILED */
};

/* Checked tests/engine/jobs_test.c */
MKT_MUST_CHECK mkt_status mkt_jobs_open(const struct mkt_jobs_options *options,
                                        struct mkt_jobs **out, struct mkt_err *err);
void mkt_jobs_close(struct mkt_jobs *jobs); /* after the pool */

/* Queues a job.
 *
 *   what     constant name of what it computes
 *   user     given to `task`, then to `drop`, which is called once in any case but an error here
 *   out      held for the caller
 *
 * Errors   MKT_E_BUSY   no room for another job, or the pool's queue is full
 *          MKT_E_NOMEM  no memory */
MKT_MUST_CHECK mkt_status mkt_jobs_start(struct mkt_jobs *jobs, struct mkt_pool *pool,
                                         const char *what, mkt_jobs_task *task,
                                         void (*drop)(void *user), void *user, struct mkt_job **out,
                                         struct mkt_err *err);

/* Errors  MKT_E_NOT_FOUND  no such job, or forgotten */
MKT_MUST_CHECK mkt_status mkt_jobs_find(struct mkt_jobs *jobs, const char *id, struct mkt_job **out,
                                        struct mkt_err *err);
struct mkt_job *mkt_jobs_hold(struct mkt_job *job); /* NULL is allowed, here and there */
void mkt_jobs_release(struct mkt_job *job);

void mkt_jobs_view(struct mkt_job *job, struct mkt_job_view *out);

/* Stops a job that waits or runs; one that has ended stays as it is. */
void mkt_jobs_cancel(struct mkt_job *job);
void mkt_jobs_cancel_all(struct mkt_jobs *jobs);

/* Stops what ran out of time, forgets what is old. Call about once a second. */
void mkt_jobs_tick(struct mkt_jobs *jobs);

/* Jobs that wait or run. */
size_t mkt_jobs_active(struct mkt_jobs *jobs);

/* ---- for the task ---- */

struct mkt_flag *mkt_jobs_flag(struct mkt_job *job);

/* Adds an event; both texts are copied (name is a constant). */
void mkt_jobs_event(struct mkt_job *job, const char *name, const char *data);

/* Ends the job: with the answer (a reference is taken), or with an error. Once. */
void mkt_jobs_finish(struct mkt_job *job, struct mkt_blob *answer, const struct mkt_err *err);

/* ---- for a reader of events ---- */

/* A reader that sleeps between events. Both are called with the job locked: `sleep` by
 * mkt_jobs_next when there is nothing to read, `wake` from another thread when there is again, or
 * by mkt_jobs_wake. `sleep` may refuse, by false: then whoever set the reason before it called
 * mkt_jobs_wake is not missed. */
struct mkt_job_reader {
    bool (*sleep)(void *user);
    void (*wake)(void *user);
    void *user;
    bool asleep;
    struct mkt_job_reader *next; /* the job's own */
};

void mkt_jobs_attach(struct mkt_job *job, struct mkt_job_reader *reader);
void mkt_jobs_detach(struct mkt_job *job, struct mkt_job_reader *reader);

/* Wakes this reader though nothing happened. */
void mkt_jobs_wake(struct mkt_job *job, struct mkt_job_reader *reader);

typedef enum { MKT_JOB_EVENT, MKT_JOB_ASLEEP, MKT_JOB_REFUSED, MKT_JOB_END } mkt_job_next;

/* The event of that index, counted from 0; it stays valid while the job is held. */
mkt_job_next mkt_jobs_next(struct mkt_job *job, struct mkt_job_reader *reader, size_t index,
                           struct mkt_job_event *out);

#endif
