#include "source/rowscan.h"

#include <pthread.h>
#include <unistd.h>

struct job {
    const struct mkt_rowscan *scan;
    const struct mkt_rowfile *file;
    atomic_size_t next; /* block to take */
    atomic_size_t end;  /* blocks from here on are not taken: the first that has a fault */
};

struct worker {
    struct job *job;
    size_t place;
    struct mkt_err err;
    mkt_status status;
    size_t block; /* that it stopped at */
    pthread_t thread;
    bool started;
};

static mkt_status take_block(struct worker *k, struct mkt_rowcursor *cursor)
{
    const struct mkt_rowscan *scan = k->job->scan;
    if (scan->cancel && atomic_load_explicit(scan->cancel, memory_order_relaxed))
        return mkt_err_set(&k->err, MKT_E_CANCELLED, "stopped while reading %s",
                           k->job->file->show);
    MKT_TRY(mkt_rowcursor_load(cursor, k->block, &k->err));
    return scan->take(scan->user, k->place, cursor, &k->err);
}

/* Blocks are given out in order, so those before a fault are taken by then, and are read to their
 * end: one of them may hold an earlier fault. */
static void take_blocks(struct worker *k, struct mkt_rowcursor *cursor)
{
    struct job *job = k->job;
    while (k->status == MKT_OK &&
           (k->block = atomic_fetch_add(&job->next, 1)) < atomic_load(&job->end))
        k->status = take_block(k, cursor);
    if (k->status == MKT_OK) return;
    size_t end = atomic_load(&job->end);
    while (k->block < end && !atomic_compare_exchange_weak(&job->end, &end, k->block))
        ;
}

static void *run_worker(void *user)
{
    struct worker *k = user;
    struct mkt_rowcursor cursor;
    k->status = mkt_rowcursor_open(k->job->file, &cursor, &k->err);
    if (k->status != MKT_OK) return NULL; /* the others take the rows */
    take_blocks(k, &cursor);
    mkt_rowcursor_close(&cursor);
    return NULL;
}

/* The one that stopped first by row, of those that failed. */
static const struct worker *find_fault(const struct worker *worker, size_t workers)
{
    const struct worker *first = NULL;
    for (size_t i = 0; i < workers; i++)
        if (worker[i].status != MKT_OK && (!first || worker[i].block < first->block))
            first = &worker[i];
    return first;
}

mkt_status mkt_rowscan_run(const struct mkt_rowscan *scan, const struct mkt_rowfile *file,
                           struct mkt_err *err)
{
    struct job job = {.scan = scan, .file = file, .end = file->blocks};
    struct worker worker[MKT_ROWSCAN_PLACES];
    long threads = scan->threads > 0 ? scan->threads : sysconf(_SC_NPROCESSORS_ONLN);
    size_t used = threads < 1                    ? 1
                  : threads > MKT_ROWSCAN_PLACES ? MKT_ROWSCAN_PLACES
                                                 : (size_t)threads;
    if (used > file->blocks) used = file->blocks ? file->blocks : 1;
    for (size_t i = 0; i < used; i++) {
        worker[i] = (struct worker){.job = &job, .place = i, .block = file->blocks};
        if (i)
            worker[i].started =
                pthread_create(&worker[i].thread, NULL, run_worker, &worker[i]) == 0;
    }
    run_worker(&worker[0]); /* and all the work, where no thread could start */
    for (size_t i = 1; i < used; i++)
        if (worker[i].started) pthread_join(worker[i].thread, NULL);
    const struct worker *fault = find_fault(worker, used);
    /* without memory to read, but the others have read everything */
    if (!fault || (fault->block == file->blocks && job.next >= file->blocks)) return MKT_OK;
    return mkt_err_set(err, fault->status, "%s", fault->err.text);
}
