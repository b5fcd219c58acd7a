#include "source/rowscan.h"

#include <pthread.h>
#include <unistd.h>

struct job {
    const struct mkt_rowscan *scan;
    const struct mkt_rowfile *file;
    atomic_size_t next; /* block to take */
    atomic_bool failed;
};

struct worker {
    struct job *job;
    size_t place;
    struct mkt_err err;
    mkt_status status;
    pthread_t thread;
    bool started;
};

static mkt_status take_blocks(struct worker *k, struct mkt_rowcursor *cursor)
{
    struct job *job = k->job;
    const struct mkt_rowscan *scan = job->scan;
    for (size_t block; (block = atomic_fetch_add(&job->next, 1)) < job->file->blocks;) {
        if (scan->cancel && atomic_load_explicit(scan->cancel, memory_order_relaxed))
            return mkt_err_set(&k->err, MKT_E_CANCELLED, "stopped while reading %s",
                               job->file->show);
        if (atomic_load_explicit(&job->failed, memory_order_relaxed)) return MKT_OK;
        MKT_TRY(mkt_rowcursor_load(cursor, block, &k->err));
        MKT_TRY(scan->take(scan->user, k->place, cursor, &k->err));
    }
    return MKT_OK;
}

static void *run_worker(void *user)
{
    struct worker *k = user;
    struct mkt_rowcursor cursor;
    k->status = mkt_rowcursor_open(k->job->file, &cursor, &k->err);
    if (k->status == MKT_OK) {
        k->status = take_blocks(k, &cursor);
        mkt_rowcursor_close(&cursor);
    }
    if (k->status != MKT_OK) atomic_store(&k->job->failed, true);
    return NULL;
}

mkt_status mkt_rowscan_run(const struct mkt_rowscan *scan, const struct mkt_rowfile *file,
                           struct mkt_err *err)
{
    struct job job = {.scan = scan, .file = file};
    struct worker worker[MKT_ROWSCAN_PLACES];
    long threads = scan->threads > 0 ? scan->threads : sysconf(_SC_NPROCESSORS_ONLN);
    size_t used = threads < 1                    ? 1
                  : threads > MKT_ROWSCAN_PLACES ? MKT_ROWSCAN_PLACES
                                                 : (size_t)threads;
    if (used > file->blocks) used = file->blocks ? file->blocks : 1;
    for (size_t i = 0; i < used; i++) {
        worker[i] = (struct worker){.job = &job, .place = i};
        if (i)
            worker[i].started =
                pthread_create(&worker[i].thread, NULL, run_worker, &worker[i]) == 0;
    }
    run_worker(&worker[0]); /* and all the work, where no thread could start */
    for (size_t i = 1; i < used; i++)
        if (worker[i].started) pthread_join(worker[i].thread, NULL);
    for (size_t i = 0; i < used; i++)
        if (worker[i].status != MKT_OK)
            return mkt_err_set(err, worker[i].status, "%s", worker[i].err.text);
    return MKT_OK;
}
