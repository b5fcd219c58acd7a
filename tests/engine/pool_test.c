#include "engine/pool.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <cmocka.h>

static struct mkt_err err;

/* A gate that holds workers until it is opened. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t change;
    bool open;
    int inside;
};

static void gate_init(struct gate *g)
{
    *g = (struct gate){.open = false};
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->change, NULL);
}

static void gate_open(struct gate *g)
{
    pthread_mutex_lock(&g->lock);
    g->open = true;
    pthread_cond_broadcast(&g->change);
    pthread_mutex_unlock(&g->lock);
}

static void gate_wait_inside(struct gate *g, int n)
{
    pthread_mutex_lock(&g->lock);
    while (g->inside < n) pthread_cond_wait(&g->change, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

static void wait_at_gate(struct mkt_arena *arena, void *user)
{
    struct gate *g = user;
    (void)arena;
    pthread_mutex_lock(&g->lock);
    g->inside++;
    pthread_cond_broadcast(&g->change);
    while (!g->open) pthread_cond_wait(&g->change, &g->lock);
    pthread_mutex_unlock(&g->lock);
}

static atomic_int done;

static void count(struct mkt_arena *arena, void *user)
{
    (void)user;
    char *bytes = mkt_arena_alloc(arena, 1, 1000);
    bool clean = bytes && arena->used <= 1024 + 16; /* each task begins with an empty arena */
    for (int i = 0; clean && i < 1000; i++) clean = bytes[i] == 0;
    if (clean) {
        bytes[7] = 1;
        atomic_fetch_add(&done, 1);
    }
}

static void every_task_runs_once_in_a_clean_arena(void **state)
{
    (void)state;
    struct mkt_pool *pool;
    struct mkt_pool_options options = {.workers = 3, .queue = 1000, .arena = 1 << 16, .keep = 4096};
    atomic_store(&done, 0);
    assert_int_equal(mkt_pool_open(&options, &pool, &err), MKT_OK);
    for (int i = 0; i < 500; i++)
        assert_int_equal(mkt_pool_submit(pool, count, NULL, &err), MKT_OK);
    mkt_pool_close(pool); /* what is queued still runs */
    assert_int_equal(atomic_load(&done), 500);
}

static void a_full_queue_is_refused(void **state)
{
    (void)state;
    struct gate gate;
    struct mkt_pool *pool;
    struct mkt_pool_stats stats;
    struct mkt_pool_options options = {.workers = 1, .queue = 2, .arena = 1 << 16, .keep = 0};
    gate_init(&gate);
    mkt_err_clear(&err);
    assert_int_equal(mkt_pool_open(&options, &pool, &err), MKT_OK);
    assert_int_equal(mkt_pool_submit(pool, wait_at_gate, &gate, &err), MKT_OK);
    gate_wait_inside(&gate, 1);
    assert_int_equal(mkt_pool_submit(pool, wait_at_gate, &gate, &err), MKT_OK);
    assert_int_equal(mkt_pool_submit(pool, wait_at_gate, &gate, &err), MKT_OK);
    assert_int_equal(mkt_pool_submit(pool, wait_at_gate, &gate, &err), MKT_E_BUSY);
    mkt_pool_stats(pool, &stats);
    assert_int_equal(stats.running, 1);
    assert_int_equal(stats.queued, 2);
    assert_int_equal(stats.workers, 1);
    assert_int_equal(stats.queue, 2);
    gate_open(&gate);
    mkt_pool_close(pool);
    assert_int_equal(gate.inside, 3);
}

static void tasks_run_side_by_side(void **state)
{
    (void)state;
    struct gate gate;
    struct mkt_pool *pool;
    struct mkt_pool_options options = {.workers = 4, .queue = 4, .arena = 1 << 16, .keep = 0};
    gate_init(&gate);
    assert_int_equal(mkt_pool_open(&options, &pool, &err), MKT_OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(mkt_pool_submit(pool, wait_at_gate, &gate, &err), MKT_OK);
    gate_wait_inside(&gate, 4);
    gate_open(&gate);
    mkt_pool_close(pool);
}

/* Without a queue a task is taken only when a worker is free for it. */
static void a_pool_without_a_queue(void **state)
{
    (void)state;
    struct mkt_pool *pool;
    struct gate gate;
    struct mkt_pool_options options = {.workers = 2, .queue = 0, .arena = 1 << 16};
    gate_init(&gate);
    assert_int_equal(mkt_pool_open(&options, &pool, &err), MKT_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(mkt_pool_submit(pool, wait_at_gate, &gate, &err), MKT_OK);
    mkt_err_clear(&err);
    assert_int_equal(mkt_pool_submit(pool, wait_at_gate, &gate, &err), MKT_E_BUSY);
    gate_wait_inside(&gate, 2);
    mkt_err_clear(&err);
    assert_int_equal(mkt_pool_submit(pool, wait_at_gate, &gate, &err), MKT_E_BUSY);
    gate_open(&gate);
    struct mkt_pool_stats stats = {.running = 1};
    while (stats.running) mkt_pool_stats(pool, &stats);
    mkt_err_clear(&err);
    assert_int_equal(mkt_pool_submit(pool, wait_at_gate, &gate, &err), MKT_OK);
    mkt_pool_close(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_runs_once_in_a_clean_arena),
        cmocka_unit_test(a_full_queue_is_refused),
        cmocka_unit_test(tasks_run_side_by_side),
        cmocka_unit_test(a_pool_without_a_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
