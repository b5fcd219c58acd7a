/* The question: what does a customer cost, what do they bring, and when has that paid back?
 *
 * What finance asks of marketing: contribution on margin, CAC by channel and
 * segment, LTV and LTV:CAC, payback as a distribution, NPV and IRR by month,
 * scenarios and what moves the result most. Customers are won by the channel
 * that their row tells, or their first order; all they bring counts for it.
 * Nothing is extrapolated beyond the data. The method card is
 * docs/methods/unit_economics.md.
 */
#ifndef MKT_ANALYSIS_UNIT_ECONOMICS_H
#define MKT_ANALYSIS_UNIT_ECONOMICS_H

#include "aggregate/holdout_arms.h"
#include "aggregate/purchases.h"
#include "analysis/analysis.h"

#define MKT_UNIT_ECONOMICS_PARAMS 10
extern const struct mkt_param mkt_unit_economics_params[MKT_UNIT_ECONOMICS_PARAMS];

/* What is looked at, and how. */
struct mkt_unit_economics_input {
    const struct mkt_purchases_view *view;
    bool costs;  /* orders tell what the goods cost */
    bool listed; /* a table tells of customers */
    bool starts; /* it tells the day they came */
    int64_t refunds;
    const struct mkt_performance *spend;     /* finished, or NULL where nothing tells spend */
    const struct mkt_holdout_arms *holdouts; /* of touches withheld by chance, or NULL */
    const struct mkt_account *account;       /* NULL in tests */
    struct mkt_period period;                /* asked for; first > last for what the data have */
    double margin;                           /* 0..1, NAN where not given */
    size_t horizon;                          /* months of age, 1..MKT_COHORTS_MONTHS */
    double discount;                         /* a year, > -1 */
    double price, volume, conversion, elasticity; /* of the scenarios */
    double swing;                                 /* by which each input is moved */
    uint64_t seed;
    int threads;
    const atomic_bool *cancel; /* may be NULL */
};

/* Fills a sheet. Data that cannot answer give MKT_OK and status INSUFFICIENT.
 *
 * Errors   MKT_E_NOMEM      the arena is full
 *          MKT_E_CANCELLED  input->cancel was set
 *          MKT_E_LIMIT, MKT_E_IO as mkt_cohorts_make
 * Checked  tests/analysis/unit_economics_test.c, tests/golden/unit_economics */
MKT_MUST_CHECK mkt_status mkt_unit_economics_fill(const struct mkt_unit_economics_input *input,
                                                  struct mkt_sheet *sheet, struct mkt_err *err);

/* As a row of the table of analyses. */
MKT_MUST_CHECK mkt_status mkt_unit_economics_run(const struct mkt_run *run, struct mkt_sheet *sheet,
                                                 struct mkt_err *err);

#endif
