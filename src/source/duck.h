/* DuckDB, kept on a short lead.
 *
 * One database in memory a data set. It may read the files that were opened
 * for it and nothing else: no other file, no network, no extension; its
 * configuration is locked before any data is touched. Files come as
 * /proc/self/fd/N, so neither their names nor what lies beside them can steer it.
 */
#ifndef MKT_SOURCE_DUCK_H
#define MKT_SOURCE_DUCK_H

#define DUCKDB_API_NO_DEPRECATED
#include <duckdb.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"

struct mkt_duck {
    duckdb_database db;
    duckdb_connection con;
    char temp[256]; /* private folder to spill to, "" when there is none */
    size_t memory;  /* of the limits */
    int threads;    /* that it reads with: of the limits, but one for each 32 MB at most */
    const atomic_bool *cancel;
    atomic_bool closing;
    pthread_t watcher;
    bool watching;
    int functions; /* names given out so far */
};

struct mkt_duck_limits {
    size_t memory;
    int threads;
    const char *temp;
    const atomic_bool *cancel;
    const char *const *path; /* files that may be read */
    size_t paths;
};

/* Errors  MKT_E_INTERNAL  the library will not start
 *         MKT_E_IO        no temporary folder */
MKT_MUST_CHECK mkt_status mkt_duck_open(const struct mkt_duck_limits *limits, struct mkt_duck *out,
                                        struct mkt_err *err);
void mkt_duck_close(struct mkt_duck *duck);

/* Runs one statement. On failure *out is already destroyed; on success the caller destroys it.
 * `show` names the table in the message.
 * Errors  MKT_E_CANCELLED, MKT_E_NOMEM, MKT_E_IO, MKT_E_DATA (the library's first line) */
MKT_MUST_CHECK mkt_status mkt_duck_query(struct mkt_duck *duck, const char *sql, const char *show,
                                         duckdb_result *out, struct mkt_err *err);

/* The same for statements without rows. */
MKT_MUST_CHECK mkt_status mkt_duck_run(struct mkt_duck *duck, const char *sql, const char *show,
                                       struct mkt_err *err);

/* One row of numbers, `most` columns of BIGINT; NULL comes as 0. */
MKT_MUST_CHECK mkt_status mkt_duck_numbers(struct mkt_duck *duck, const char *sql, const char *show,
                                           int64_t *out, size_t most, struct mkt_err *err);

/* A walk over a result's rows. */
struct mkt_duck_rows {
    duckdb_result *result;
    duckdb_data_chunk chunk;
    idx_t size, at;
};
void mkt_duck_rows_begin(struct mkt_duck_rows *rows, duckdb_result *result);
bool mkt_duck_rows_next(struct mkt_duck_rows *rows); /* false at the end, all released */
bool mkt_duck_rows_null(const struct mkt_duck_rows *rows, idx_t column);
int64_t mkt_duck_rows_int(const struct mkt_duck_rows *rows, idx_t column); /* BIGINT */
int32_t mkt_duck_rows_day(const struct mkt_duck_rows *rows, idx_t column); /* DATE */
/* VARCHAR; valid until the next row */
const char *mkt_duck_rows_text(const struct mkt_duck_rows *rows, idx_t column, size_t *n);
void mkt_duck_rows_end(struct mkt_duck_rows *rows); /* when leaving early */

#endif
