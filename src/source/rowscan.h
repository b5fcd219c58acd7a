/* The rows of a text file, handed to several threads at once a block at a time: what duckdrain.h is
 * for the tables of DuckDB.
 */
#ifndef MKT_SOURCE_ROWSCAN_H
#define MKT_SOURCE_ROWSCAN_H

#include "source/rowcursor.h"

#define MKT_ROWSCAN_PLACES 16

struct mkt_rowscan {
    /* Takes the rows of a block, to be had by mkt_rowcursor_next, at a place that no other call has
     * at that time, below MKT_ROWSCAN_PLACES. */
    mkt_status (*take)(void *user, size_t place, struct mkt_rowcursor *rows, struct mkt_err *err);
    void *user;
    int threads; /* to read with; one a core where it is 0 or less */
    const atomic_bool *cancel;
};

/* Of several faults of take the one with the first row is told, whatever the threads.
 *
 * Errors  those of take and of mkt_rowcursor_load; MKT_E_CANCELLED
 *         MKT_E_NOMEM  no thread has memory to read with
 * Checked  tests/source/rowfile_test.c */
MKT_MUST_CHECK mkt_status mkt_rowscan_run(const struct mkt_rowscan *scan,
                                          const struct mkt_rowfile *file, struct mkt_err *err);

#endif
