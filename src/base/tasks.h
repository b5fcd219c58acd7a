/* Numbered tasks, done by several threads at once.
 *
 * Which thread does which task is chance; what comes out must not depend on it.
 */
#ifndef MKT_BASE_TASKS_H
#define MKT_BASE_TASKS_H

#include <stddef.h>

#define MKT_TASKS_THREADS 16

/* Does task(user, worker, 0) to task(user, worker, tasks - 1), each once, and returns when all are
 * done. `worker` is below the number of threads, and no two tasks have the same at one time.
 *
 *   threads  1 to MKT_TASKS_THREADS; this one is one of them, and does all where no other can start
 * Checked  tests/base/tasks_test.c */
void mkt_tasks_run(size_t threads, size_t tasks,
                   void (*task)(void *user, size_t worker, size_t index), void *user);

/* As many threads as are asked for, 1 to MKT_TASKS_THREADS. */
size_t mkt_tasks_threads(int asked);

#endif
