/* The body of an analysis request: bytes in, a struct out.
 *
 *     {"dataset": "shop", "parameters": {"margin": 0.4, "period": "2025-Q4"},
 *      "options": {"dates": "day-first", "map": ["spend=Cost (EUR)"]}, "async": false}
 *
 * In place of "dataset": "table", an array of row objects, or "csv", the text of a table. Besides,
 * "words" says who is to write, and "deadline_ms" how long that may take.
 * What is in the parameters is not judged here; each becomes a name and a text.
 */
#ifndef MKT_WIRE_REQUEST_H
#define MKT_WIRE_REQUEST_H

#include "base/buf.h"
#include "wire/json_read.h"

#define MKT_REQUEST_DEADLINE 86400000 /* a day */

struct mkt_pair {
    const char *name, *value;
};

struct mkt_request {
    const char *dataset; /* NULL when the table is in the body */
    const char *table;   /* CSV text, NULL when a data set is named */
    size_t table_bytes;
    struct mkt_pair *parameter;
    size_t parameters;
    const char **map; /* how to read the data; see mkt_dataset_options */
    size_t maps;
    const char *dates, *decimal, *currency; /* NULL when not given */
    bool async;
    const char *question; /* in words, for who takes one; NULL when not given */
    const char *words;    /* NULL when not given; not judged here */
    int64_t deadline_ms;  /* 0 to MKT_REQUEST_DEADLINE; -1 when not given */
};

/* Reads a JSON body. Rows of "table" become CSV: the columns are the keys in the order they first
 * appear, null and a missing key are an empty cell.
 *
 * Errors  those of mkt_json_read_value
 *         MKT_E_ARG   a member that is unknown or of the wrong type, no data or data given twice, a
 *                     cell that is not a scalar (row and column named)
 * Checked tests/wire/request_test.c, tests/fuzz/wire_request_fuzz.c */
MKT_MUST_CHECK mkt_status mkt_request_read(struct mkt_arena *arena, const char *bytes, size_t n,
                                           const struct mkt_json_limits *limits,
                                           struct mkt_request *out, struct mkt_err *err);

/* The same of an object that was read already; its data may be missing.
 *   besides  names of members that are somebody else's, NULL last; NULL for none
 * Errors  MKT_E_ARG, MKT_E_LIMIT, MKT_E_NOMEM as above, but not for missing data */
MKT_MUST_CHECK mkt_status mkt_request_take(struct mkt_arena *arena, const struct mkt_value *object,
                                           const char *const *besides, struct mkt_request *out,
                                           struct mkt_err *err);

/* A request in which nothing is given. */
void mkt_request_init(struct mkt_request *request);

/* One name=value of a URL's query, for bodies that are a table themselves. `request` was set by
 * mkt_request_init. Names of options ("map", "dates", "decimal", "currency", "dataset", "async",
 * "words", "deadline_ms") are taken as such, all others as parameters. The strings are copied.
 * Errors  MKT_E_ARG    async that is neither true nor false, a deadline_ms that is no whole number
 *                      within its domain, text that is not UTF-8
 *         MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_request_add_query(struct mkt_arena *arena,
                                                struct mkt_request *request, const char *name,
                                                const char *value, struct mkt_err *err);

#endif
