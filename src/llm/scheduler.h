/* One thread that owns the model's context, and the tasks that wait for it.
 *
 * Tasks are taken in the order they came, as many at once as the model's memory holds, and are
 * fed to the model together (llm/batch.h). A task whose caller leaves or whose time is up ends
 * between two tokens, or within one if nobody else is in the batch.
 *
 * The memory is used from its beginning to its end and never within: a task's cells are given
 * back only when no task runs any more, and a task that does not fit behind those that run waits
 * for that. So the cells of a text always lie in the order of its tokens, whatever runs beside
 * it, which is one of two reasons why its numbers do not depend on that. (The other: with a
 * quantised cache the library adds up attention cell by cell in that order, and a row of a
 * product does not depend on the rows beside it. Where llm/probe.h finds that it does, tasks run
 * one by one, each from the same empty memory. tests/llm/determinism_test.c holds both to it.)
 */
#ifndef MKT_LLM_SCHEDULER_H
#define MKT_LLM_SCHEDULER_H

#include <pthread.h>

#include "llm/job.h"
#include "llm/prefix.h"

#define MKT_SCHEDULER_ACTIVE 16 /* tasks at once */
#define MKT_SCHEDULER_SEQS 64   /* sequences; the first MKT_PREFIX_SLOTS are the prefixes' */

struct mkt_scheduler {
    struct llama_context *context;
    struct mkt_part_tools tools;
    struct mkt_prefixes prefixes;
    int cells, batch_tokens, rows; /* what the context was made for */
    int threads;
    const atomic_int *computing; /* not 0: the engine computes, leave it a core; may be NULL */
    bool one_by_one;             /* tasks do not run together: their numbers would depend on it */
    int queue_max;

    pthread_mutex_t lock; /* guards from here ... */
    pthread_cond_t work;
    struct mkt_job *first, *last; /* the queue */
    int queued;
    bool stop;
    struct mkt_llm_speed speed; /* ... to here */

    /* the thread's own */
    pthread_t thread;
    struct mkt_job *active[MKT_SCHEDULER_ACTIVE];
    int actives, turn; /* turn: who is first in the next batch */
    int head;          /* cells used so far */
    int low;           /* of those, the first ones that low prefixes hold */
    int planned;       /* cells that those who run may come to use */
    int32_t seq[MKT_SCHEDULER_SEQS];
    int seqs; /* seq[0..seqs) are free, the others' cells are not given back yet */
    struct llama_batch batch;
    int threads_now;
    double fed_tokens, fed_us, written_tokens, written_us;
};

/* Starts the thread. `s` has context, vocabulary, prefixes and limits set.
 *
 * Errors  MKT_E_NOMEM  no memory, or no thread */
MKT_MUST_CHECK mkt_status mkt_scheduler_open(struct mkt_scheduler *s, struct mkt_err *err);

/* Waits for the tasks that run or wait. */
void mkt_scheduler_close(struct mkt_scheduler *s);

/* Puts a job through; calls back its pieces on this thread. The job's own error is in job->err.
 *
 * Errors  MKT_E_BUSY  the queue is full */
MKT_MUST_CHECK mkt_status mkt_scheduler_run(struct mkt_scheduler *s, struct mkt_job *job,
                                            struct mkt_err *err);

/* For llm/batch.c: a prefix is whole, and its last cell is before `end`. */
void mkt_scheduler_settle(struct mkt_scheduler *s, struct mkt_prefix *prefix, int end);

#endif
