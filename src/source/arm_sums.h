/* An experiment table to the sums of its arms. */
#ifndef MKT_SOURCE_ARM_SUMS_H
#define MKT_SOURCE_ARM_SUMS_H

#include "aggregate/arms.h"
#include "source/dataset.h"
#include "source/duck.h"
#include "source/relation.h"

/* Fills out (finished) from a recognised experiment table and counts relation->broken.
 *
 * Rows of a unit are added up first: metrics and denominators are summed, a
 * covariate is the largest of its rows (it is one and the same on each), the
 * day is the first, the segment the least by name. A unit in more than one
 * variant is kept out and counted. A missing value counts as zero; a row with
 * a cell that cannot be read, without a unit or without a variant is kept out.
 *
 *   treatment  caps and quantiles asked for; NULL for none. A cap holds for the covariate, too.
 *
 * Errors   MKT_E_ARG        a treatment of a table of sums, or a cap that leaves nothing
 *          MKT_E_EMPTY      no metric among the columns, or no row that can be used
 *          MKT_E_AMBIGUOUS  decimal marks or dates that could be read two ways
 *          MKT_E_LIMIT      sums too large, or too many variants
 *          MKT_E_DATA       a sum of squares that no data can have
 *          MKT_E_CANCELLED, MKT_E_NOMEM, MKT_E_IO, MKT_E_NOSPACE
 * Cost     one pass over the table, linear in rows; a second where names turn out to be spelled in two
 *          ways. Rows that pass their share of options->memory wait on the disk: 24 bytes and 8 for each
 *          number of a row
 * Checked  tests/source/arm_sums_test.c, tests/source/arm_memory_test.c */
MKT_MUST_CHECK mkt_status mkt_arm_sums_read(struct mkt_arena *arena, struct mkt_duck *duck,
                                            struct mkt_relation *relation,
                                            const struct mkt_dataset_options *options,
                                            const struct mkt_arms_treatment *treatment,
                                            struct mkt_arms *out, struct mkt_err *err);

#endif
