/* What a reader should know about a performance table before trusting its sums. */
#ifndef MKT_SOURCE_QUALITY_H
#define MKT_SOURCE_QUALITY_H

#include "source/duck.h"
#include "source/relation.h"

/* Caveats in the making. */
struct mkt_caveats {
    struct mkt_arena *arena;
    struct mkt_caveat *caveat;
    size_t count, capacity;
};

/* `id` is a constant; the text is built from the rest. */
MKT_MUST_CHECK mkt_status mkt_caveats_add(struct mkt_caveats *caveats, const char *id,
                                          mkt_caveat_weight weight, struct mkt_err *err,
                                          const char *format, ...) MKT_PRINTF(5, 6);

/* Adds a caveat for: rows kept out, rows of another currency, negative spend, more clicks than
 * impressions, days after `today`, repeated rows, repeated days where there is otherwise one row
 * a day, days without rows (or rows that stand for weeks or months), measures that several
 * columns could be.
 * Whole rows are compared only up to MKT_QUALITY_ROWS rows; beyond, only days and names.
 *
 * Errors  MKT_E_DATA  most rows have negative spend, or most have more clicks than impressions:
 *                     the columns must be other than they seem
 *         as mkt_duck_query
 * Checked  tests/source/bad_input_test.c */
#define MKT_QUALITY_ROWS 2000000
MKT_MUST_CHECK mkt_status mkt_quality_check(struct mkt_caveats *caveats, struct mkt_duck *duck,
                                            struct mkt_relation *relation, int32_t today,
                                            struct mkt_err *err);

/* "3 of 2,000 rows of x.csv cannot be read and are left out", where some are; for tables of rows.
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_quality_broken(struct mkt_caveats *caveats,
                                             const struct mkt_relation *relation,
                                             struct mkt_err *err);

/* "3 of 2,000 rows of x.csv name nobody in "user_id" ... and are left out", where some do; and that many
 * are of the user 0, where more than MKT_BROKEN_SHARE and a hundred are.
 *   role  that of the column
 * Errors  MKT_E_DATA  all do; MKT_E_NOMEM
 * Checked  tests/source/void_names_test.c */
MKT_MUST_CHECK mkt_status mkt_quality_nobody(struct mkt_caveats *caveats,
                                             const struct mkt_relation *relation, mkt_role role,
                                             struct mkt_err *err);

/* "3 of 2,000 rows of x.csv have NULL, ... in place of a name", where some do.
 *   so  what is done about them, a clause
 * Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_quality_void_names(struct mkt_caveats *caveats,
                                                 const struct mkt_relation *relation,
                                                 const char *so, struct mkt_err *err);

/* The caveat on rows that are equal in every column, in tables of up to MKT_QUALITY_ROWS rows.
 *   so     what is done about them, a clause
 *   found  whether there are any */
MKT_MUST_CHECK mkt_status mkt_quality_copies(struct mkt_caveats *caveats, struct mkt_duck *duck,
                                             const struct mkt_relation *relation, const char *so,
                                             bool *found, struct mkt_err *err);

#endif
