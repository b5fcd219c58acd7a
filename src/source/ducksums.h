/* An aggregate of our own inside DuckDB: the exact sums of performance rows.
 *
 * It adds up all measures of a row at once, in 64-bit integers with
 * a carry, so no order of rows or threads can change a bit, and reads text and
 * checks quality in the same pass. On a table of typed columns this takes about
 * the time of DuckDB's own sum() over the same columns.
 */
#ifndef MKT_SOURCE_DUCKSUMS_H
#define MKT_SOURCE_DUCKSUMS_H

#include "source/duck.h"
#include "source/relation.h"

typedef enum {
    MKT_SUMS_TEXT,  /* VARCHAR, read by numeral.h */
    MKT_SUMS_WHOLE, /* BIGINT */
    MKT_SUMS_REAL,  /* DOUBLE; NaN is missing */
    MKT_SUMS_FIXED  /* DECIMAL(18,6), or (18,0) of micros: its integer is what is added */
} mkt_sums_input;

/* One argument of the aggregate. */
struct mkt_sums_part {
    mkt_measure measure;
    mkt_sums_input input;
    char decimal; /* text */
    bool micros;  /* the value counts millionths */
};

#define MKT_SUMS_PARTS (MKT_MEASURES * MKT_ROLE_PARTS)

struct mkt_sums_plan {
    struct mkt_sums_part part[MKT_SUMS_PARTS];
    size_t parts;
    int64_t
        unit[MKT_MEASURES]; /* a sum is in 1/unit: 1 where all parts are whole numbers; 0: none */
    int parts_of[MKT_MEASURES];

    /* counted while summing, over all groups */
    atomic_llong broken, negative_spend, clicks_over, negative_revenue;
    atomic_llong negative_revenue_sum; /* in 1/unit; wraps round where the sums are refused */
};

/* Registers the aggregate under `name`; its result is a STRUCT of 2 MKT_MEASURES + 1 BIGINTs: low
 * and high half of each sum, rows. unit and parts_of are set here; plan must outlive the connection.
 * Errors  MKT_E_INTERNAL  the library refuses the function */
MKT_MUST_CHECK mkt_status mkt_ducksums_register(struct mkt_duck *duck, const char *name,
                                                struct mkt_sums_plan *plan, struct mkt_err *err);

/* Takes the sums of the current row out of that STRUCT, in micros.
 * Errors  MKT_E_LIMIT  a sum passes 9.2e12 units */
MKT_MUST_CHECK mkt_status mkt_ducksums_read(const struct mkt_sums_plan *plan,
                                            const struct mkt_duck_rows *rows, idx_t column,
                                            mkt_micro sum[MKT_MEASURES], int64_t *count,
                                            struct mkt_err *err);

#endif
