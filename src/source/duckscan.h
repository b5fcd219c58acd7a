/* A scan of a table whose columns are handed over as they lie in the database, on all its threads.
 *
 * An aggregate function that returns nothing: each call of it gets a chunk of
 * rows. A chunk is read under one of 64 parts, each held by one thread at a
 * time, so what belongs to a part needs no lock.
 */
#ifndef MKT_SOURCE_DUCKSCAN_H
#define MKT_SOURCE_DUCKSCAN_H

#include <stdatomic.h>

#include "source/duck.h"

#define MKT_DUCKSCAN_PARTS 64
#define MKT_DUCKSCAN_ARGUMENTS 16

struct mkt_duckscan_columns {
    void *data[MKT_DUCKSCAN_ARGUMENTS];
    const uint64_t *valid[MKT_DUCKSCAN_ARGUMENTS];
};

static inline bool mkt_duckscan_there(const struct mkt_duckscan_columns *c, size_t argument,
                                      idx_t row)
{
    const uint64_t *valid = c->valid[argument];
    return !valid || (valid[row / 64] >> (row % 64) & 1);
}

/* Of a VARCHAR argument; not ended by NUL. */
const char *mkt_duckscan_text(const struct mkt_duckscan_columns *c, size_t argument, idx_t row,
                              size_t *n);

typedef mkt_status mkt_duckscan_read(void *user, size_t part, const struct mkt_duckscan_columns *c,
                                     idx_t rows, struct mkt_err *err);

struct mkt_duckscan {
    duckdb_type type[MKT_DUCKSCAN_ARGUMENTS];
    size_t arguments;
    mkt_duckscan_read *read;
    void *user;
    atomic_flag busy[MKT_DUCKSCAN_PARTS]; /* all clear */
    struct mkt_err err[MKT_DUCKSCAN_PARTS];
};

/* Runs "SELECT f(list) FROM from".
 *   scan  lives until it returns; zeroed but for type, arguments, read and user
 *   show  names the table in messages
 * Errors  what `read` returns; as mkt_duck_run
 * Checked tests/source/event_rows_test.c */
MKT_MUST_CHECK mkt_status mkt_duckscan_run(struct mkt_arena *arena, struct mkt_duck *duck,
                                           struct mkt_duckscan *scan, const char *list,
                                           const char *from, const char *show, struct mkt_err *err);

#endif
