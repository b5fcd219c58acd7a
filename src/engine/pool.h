/* A fixed number of workers, a bounded queue, and an arena for each worker.
 *
 * A task runs once, in a worker's arena, which is emptied after it; a little of its memory is kept
 * warm for the next. A full queue is an ordinary error: whoever asks is told to come back later.
 */
#ifndef MKT_ENGINE_POOL_H
#define MKT_ENGINE_POOL_H

#include "base/arena.h"

struct mkt_pool;

typedef void mkt_pool_task(struct mkt_arena *arena, void *user);

struct mkt_pool_options {
    int workers;  /* at least 1 */
    int queue;    /* tasks that may wait; 0: a task is taken only when a worker is free for it */
    size_t arena; /* bytes of one task's arena */
    size_t keep;  /* bytes kept warm between tasks */
};

struct mkt_pool_stats {
    int workers, running, queued, queue;
};

/* Errors  MKT_E_NOMEM  no memory or no thread
 * Checked tests/engine/pool_test.c */
MKT_MUST_CHECK mkt_status mkt_pool_open(const struct mkt_pool_options *options,
                                        struct mkt_pool **out, struct mkt_err *err);

/* Runs what is still queued, waits for it and ends the threads. */
void mkt_pool_close(struct mkt_pool *pool);

/* Errors  MKT_E_BUSY  the queue is full, or the pool is closing: the task will not run */
MKT_MUST_CHECK mkt_status mkt_pool_submit(struct mkt_pool *pool, mkt_pool_task *task, void *user,
                                          struct mkt_err *err);

void mkt_pool_stats(struct mkt_pool *pool, struct mkt_pool_stats *out);

#endif
