#include "engine/pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/text.h"

struct task {
    mkt_pool_task *run;
    void *user;
};

struct mkt_pool {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct task *ring;
    int slots; /* of the ring */
    int head, queued, running;
    bool closing;
    struct mkt_pool_options options;
    pthread_t *thread;
    int threads;
};

static void *work(void *user)
{
    struct mkt_pool *pool = user;
    struct mkt_arena arena;
    struct mkt_err err = {0};
    bool have_arena = mkt_arena_open(&arena, pool->options.arena, &err) == MKT_OK;
    if (!have_arena) arena = (struct mkt_arena){0}; /* capacity 0: each task meets a full arena */

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->queued && !pool->closing) pthread_cond_wait(&pool->wake, &pool->lock);
        if (!pool->queued) break;
        struct task task = pool->ring[pool->head];
        pool->head = (pool->head + 1) % pool->slots;
        pool->queued--;
        pool->running++;
        pthread_mutex_unlock(&pool->lock);

        task.run(&arena, task.user);
        if (have_arena) mkt_arena_reset(&arena, pool->options.keep);

        pthread_mutex_lock(&pool->lock);
        pool->running--;
    }
    pthread_mutex_unlock(&pool->lock);
    mkt_arena_close(&arena);
    return NULL;
}

mkt_status mkt_pool_open(const struct mkt_pool_options *options, struct mkt_pool **out,
                         struct mkt_err *err)
{
    struct mkt_pool *pool = calloc(1, sizeof *pool);
    if (!pool) return mkt_err_set(err, MKT_E_NOMEM, "no memory for the workers");
    pool->options = *options;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pool->slots = options->queue ? options->queue : options->workers;
    pool->ring = calloc((size_t)pool->slots, sizeof *pool->ring);
    pool->thread = calloc((size_t)options->workers, sizeof *pool->thread);
    bool made = pool->ring && pool->thread;
    while (made && pool->threads < options->workers) {
        made = pthread_create(&pool->thread[pool->threads], NULL, work, pool) == 0;
        pool->threads += made;
    }
    if (!made) {
        mkt_pool_close(pool);
        return mkt_err_set(err, MKT_E_NOMEM, "cannot start %s workers",
                           MKT_COUNT(options->workers));
    }
    *out = pool;
    return MKT_OK;
}

void mkt_pool_close(struct mkt_pool *pool)
{
    if (!pool) return;
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->threads; i++) pthread_join(pool->thread[i], NULL);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    free(pool->thread);
    free(pool->ring);
    free(pool);
}

mkt_status mkt_pool_submit(struct mkt_pool *pool, mkt_pool_task *task, void *user,
                           struct mkt_err *err)
{
    pthread_mutex_lock(&pool->lock);
    bool room = pool->options.queue ? pool->queued < pool->options.queue
                                    : pool->queued + pool->running < pool->threads;
    room = room && !pool->closing;
    if (room) {
        int at = (pool->head + pool->queued) % pool->slots;
        pool->ring[at] = (struct task){task, user};
        pool->queued++;
        pthread_cond_signal(&pool->wake);
    }
    pthread_mutex_unlock(&pool->lock);
    if (!room)
        return mkt_err_set(err, MKT_E_BUSY,
                           "all workers are busy and %s requests wait; try again in a moment",
                           MKT_COUNT(pool->options.queue));
    return MKT_OK;
}

void mkt_pool_stats(struct mkt_pool *pool, struct mkt_pool_stats *out)
{
    pthread_mutex_lock(&pool->lock);
    *out = (struct mkt_pool_stats){pool->threads, pool->running, pool->queued, pool->options.queue};
    pthread_mutex_unlock(&pool->lock);
}
