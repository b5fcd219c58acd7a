#include "base/tasks.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct job {
    void (*task)(void *, size_t, size_t);
    void *user;
    size_t tasks;
    atomic_size_t next;
};

struct worker {
    struct job *job;
    size_t index;
    pthread_t thread;
    bool started;
};

static void *work(void *user)
{
    const struct worker *w = user;
    struct job *job = w->job;
    for (size_t i; (i = atomic_fetch_add(&job->next, 1)) < job->tasks;)
        job->task(job->user, w->index, i);
    return NULL;
}

void mkt_tasks_run(size_t threads, size_t tasks, void (*task)(void *, size_t, size_t), void *user)
{
    struct job job = {.task = task, .user = user, .tasks = tasks};
    struct worker worker[MKT_TASKS_THREADS];
    assert(threads >= 1 && threads <= MKT_TASKS_THREADS);
    if (threads > tasks) threads = tasks ? tasks : 1;
    for (size_t i = 0; i < threads; i++) {
        worker[i] = (struct worker){.job = &job, .index = i};
        if (i) worker[i].started = pthread_create(&worker[i].thread, NULL, work, &worker[i]) == 0;
    }
    work(&worker[0]);
    for (size_t i = 1; i < threads; i++)
        if (worker[i].started) pthread_join(worker[i].thread, NULL);
}

size_t mkt_tasks_threads(int asked)
{
    return asked < 1 ? 1 : asked > MKT_TASKS_THREADS ? MKT_TASKS_THREADS : (size_t)asked;
}
