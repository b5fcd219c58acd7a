/* What a row of monthly payments is worth: net present value and internal rate of return.
 *
 *     NPV(r) = sum over t of  C_t (1 + r)^(-t / 12)      r a year, t whole months from the first
 *     IRR    a rate a year at which NPV is 0
 *
 * A rate need not be: payments of one sign have none. There may be several:
 * payments that change sign more than once may have as many as they change
 * signs, and then none of them is "the" return.
 */
#ifndef MKT_MODEL_CASHFLOW_H
#define MKT_MODEL_CASHFLOW_H

#include <stdbool.h>
#include <stddef.h>

#define MKT_CASHFLOW_ROOTS 8 /* that are kept */
#define MKT_CASHFLOW_LEAST (-0.9999)
#define MKT_CASHFLOW_MOST 10.0 /* a year: roots are looked for between these */

/*   flow  [months], t = 0 first
 *   rate  a year, > -1 */
double mkt_cashflow_npv(const double *flow, size_t months, double rate);

struct mkt_cashflow_irr {
    size_t roots; /* found between LEAST and MOST, in growing order; the first ROOTS are kept */
    double rate[MKT_CASHFLOW_ROOTS]; /* a year */
    size_t changes; /* of sign among the payments that are not 0: no more roots than this */
    bool above;     /* they are worth more than nothing at the highest rate */
};

/* All rates at which the payments are worth nothing.
 *
 * Notes    NPV is looked at on 4,096 rates, evenly spread over log(1 + r), and each change of sign
 *          is closed in by bisection to the last bit. Two roots nearer to each other than a step of
 *          that grid (0.3 % of 1 + r) are not told apart; one change of sign has one root
 * Cost     4,096 months operations, and 64 months for each root
 * Source   Brealey, Myers & Allen, Principles of Corporate Finance, 10th ed. (2011), 5-3 (no root,
 *          several); at most as many as changes of sign: Descartes' rule
 * Checked  tests/model/cashflow_test.c */
struct mkt_cashflow_irr mkt_cashflow_rates(const double *flow, size_t months);

/* The rate, LEAST..MOST, at which payments are worth nothing when all that comes in is exp(times spread) of what it
 * was: an end of the IRR's interval, where 0 is an end of the interval of NPV.
 *
 *     in(r) exp(times s(r)) = out(r)     in, out: present values of what comes in and of what goes out
 *
 *   in, out  [months], what goes out counted above 0
 *   rate     [rates] growing, > -1, rates >= 1;  spread  [rates] standard error of log(in) there, in
 *            between in proportion to log(1 + r), beyond the ends as at them
 *   times    quantile of the interval, with its sign
 *
 * NAN where there are several; where there is none, MOST when in stays above out, else -1: rates
 * beyond MOST count as MOST. A set of rates that a test at each would not refuse: its coverage is
 * that of the interval of NPV.     Source  test inversion: Fieller (1954); Lehmann & Romano (2005) 5.4
 */
double mkt_cashflow_limit(const double *in, const double *out, size_t months, const double *rate,
                          const double *spread, size_t rates, double times);

#endif
