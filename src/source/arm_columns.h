/* Which column of an experiment table is what: unit, variant, day, segment, and the metrics with
 * their denominators and covariates.
 *
 * Two shapes are known: a row a unit (or several rows a unit, on several days),
 * and a row of sums an arm (n, sum, sum_squares; main_sum, main_sum_squares,
 * denominator_sum, main_denominator_sum_product, covariate_...; success, total).
 */
#ifndef MKT_SOURCE_ARM_COLUMNS_H
#define MKT_SOURCE_ARM_COLUMNS_H

#include "aggregate/arms.h"
#include "source/relation.h"

#define MKT_ARM_COLUMNS_METRICS 32 /* at most */

struct mkt_arm_columns_metric {
    const char *name;
    size_t variable[MKT_ARMS_VARIABLES]; /* column of y, d, x, e, or of their sums; MKT_NO_COLUMN */
    size_t product[MKT_ARMS_PRODUCTS];   /* sums only: columns of the sums of products */
};

struct mkt_arm_columns {
    bool sums; /* rows are sums, `unit` is their number of units */
    size_t unit, variant, day, segment;
    struct mkt_arm_columns_metric metric[MKT_ARM_COLUMNS_METRICS];
    size_t metrics;
    const char *left_out; /* a clause about numeric columns that are more than fit, or NULL */
};

/* Finds them in a recognised experiment table and writes each column's role in `how` for the account.
 * Names that go with a metric m:
 *
 *   denominator   m_denominator, m_base, m_per
 *   covariate     m_before, m_pre, pre_m, before_m, m_covariate, m_prior, prior_m; "covariate", "before",
 *                 "pre" go with the first metric
 *
 * Errors   MKT_E_EMPTY  no metric among the columns        MKT_E_NOMEM
 *          MKT_E_DATA   sums of squares without the sums or the units that go with them
 * Checked  tests/source/arm_sums_test.c */
MKT_MUST_CHECK mkt_status mkt_arm_columns_find(struct mkt_arena *arena,
                                               struct mkt_relation *relation,
                                               struct mkt_arm_columns *out, struct mkt_err *err);

#endif
