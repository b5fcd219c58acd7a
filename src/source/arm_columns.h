/* Which column of an experiment table is what: unit, variant, day, segment, and the metrics with
 * their denominators and covariates.
 *
 * Two shapes are known: a row a unit (or several rows a unit, on several days),
 * and a row of sums an arm: its units (n, users, ...), and of each metric m
 *
 *     m_sum, m_sum_squares                           or sum, sum_squares
 *     m_denominator_sum, _sum_squares, _sum_product  of a ratio; the product is that with m
 *     m_before_sum, _sum_squares, _sum_product       covariate; also m_covariate_, m_pre_
 *     m_before_denominator_sum, _sum_squares, _sum_product of a ratio's covariate, besides
 *     m_denominator_before_, m_denominator_before_denominator_ and m_before_before_denominator_
 *     sum_product
 *
 * "main_" may be left out; or conversions, each of another unit; or, without those, rates of units
 * (conversion_rate, cvr), where they tell the number of units.
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
    bool rate;                           /* sums only: y is the share of the units that did it */
};

struct mkt_arm_columns {
    bool sums; /* rows are sums, `unit` is their number of units */
    size_t unit, variant, day, segment;
    struct mkt_arm_columns_metric metric[MKT_ARM_COLUMNS_METRICS];
    size_t metrics;
    bool more_metrics;      /* than fit: the first are taken */
    const char *no_segment; /* column that was taken for segments and is none, or NULL */
    const char *left_out;   /* sums only: columns of numbers that nothing can be made of, or NULL */
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
