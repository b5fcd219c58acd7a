/* Rows out of DuckDB, a chunk at a time, to several threads at once.
 *
 * An aggregate of our own, which keeps what it sees to itself: DuckDB's threads
 * hand whole columns to it side by side, nothing is put together in between.
 * Every call has a place that no other call has at that time, so what is kept by
 * place needs no lock.
 */
#ifndef MKT_SOURCE_DUCKDRAIN_H
#define MKT_SOURCE_DUCKDRAIN_H

#include "aggregate/ids.h"
#include "source/duck.h"
#include "source/void_names.h"

#define MKT_DUCKDRAIN_PLACES 64
#define MKT_DUCKDRAIN_COLUMNS 136

/* The columns of some rows. */
struct mkt_duckdrain_rows {
    size_t rows;
    void *data[MKT_DUCKDRAIN_COLUMNS];
    const uint64_t *valid[MKT_DUCKDRAIN_COLUMNS]; /* NULL: all are */
};

struct mkt_duckdrain {
    /* Takes rows at a place below MKT_DUCKDRAIN_PLACES. */
    mkt_status (*take)(void *user, size_t place, const struct mkt_duckdrain_rows *rows,
                       struct mkt_err *err);
    void *user;
    duckdb_type type[MKT_DUCKDRAIN_COLUMNS];
    size_t columns;

    atomic_flag busy[MKT_DUCKDRAIN_PLACES];
    struct mkt_err err[MKT_DUCKDRAIN_PLACES];
};

/* Drains "SELECT columns FROM from".   drain  outlives the connection; take, user, type and columns
 * are set, the rest is zero
 * Errors  those of take; MKT_E_INTERNAL  the library refuses the function; as mkt_duck_run */
MKT_MUST_CHECK mkt_status mkt_duckdrain_run(struct mkt_duckdrain *drain, struct mkt_duck *duck,
                                            const char *columns, const char *from, const char *show,
                                            struct mkt_err *err);

static inline bool mkt_duckdrain_there(const struct mkt_duckdrain_rows *rows, size_t column,
                                       size_t row)
{
    const uint64_t *valid = rows->valid[column];
    return !valid || (valid[row / 64] >> (row % 64) & 1);
}

/* VARCHAR */
static inline const char *mkt_duckdrain_text(const struct mkt_duckdrain_rows *rows, size_t column,
                                             size_t row, size_t *n)
{
    duckdb_string_t *s = (duckdb_string_t *)rows->data[column] + row;
    *n = s->value.inlined.length;
    return *n <= sizeof s->value.inlined.inlined ? s->value.inlined.inlined : s->value.pointer.ptr;
}

/* A user, a session or a customer (aggregate/ids.h), told by a BIGINT or a VARCHAR; 0 when it is not
 * told, or by what names nobody (void_names.h). */
static inline uint64_t mkt_duckdrain_id(const struct mkt_duckdrain_rows *rows, size_t column,
                                        size_t row, bool is_number)
{
    if (!mkt_duckdrain_there(rows, column, row)) return 0;
    if (is_number) return mkt_ids_of_number(((const int64_t *)rows->data[column])[row]);
    size_t n;
    const char *s = mkt_duckdrain_text(rows, column, row, &n);
    return mkt_void_names_nobody(s, n) ? 0 : mkt_ids_of_text(s, n);
}

#endif
