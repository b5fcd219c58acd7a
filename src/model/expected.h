/* What a daily series was expected to be, given the calendar and the plan, and what is left as chance.
 *
 * A figure such as ROAS has an expected value given what was spent, the season
 * and the days of the week. Those are not chance, and an interval that counted
 * them as chance would be too wide. So each series is split
 *
 *     y[t] = (level, trend, season, day of the week, own spend) + e[t]
 *
 * by least squares, and only e is resampled. Least squares takes some chance
 * along, the slow part most of all, where a bootstrap in blocks looks; `scale`
 * and `freedom` give that back.
 */
#ifndef MKT_MODEL_EXPECTED_H
#define MKT_MODEL_EXPECTED_H

#include "base/arena.h"
#include "base/date.h"

struct mkt_expected {
    size_t days, terms;
    double *q;      /* [terms][days], orthonormal: level, trend, season, weekdays */
    double scale;   /* of resampled sums, see mkt_expected_calibrate */
    double freedom; /* degrees of freedom of their spread */
};

/* The terms for a period: the level; a trend from 14 days on; a cosine for every 30 days of length,
 * at most 12; six weekdays from 28 days on.
 *
 * Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_expected_init(struct mkt_expected *x, struct mkt_arena *arena,
                                            struct mkt_period period, struct mkt_err *err);

/* Takes the terms out of a series.   y [days] */
void mkt_expected_remove(const struct mkt_expected *x, double *y);

/* Takes own spend, and spend carried over, out of series that the terms are out of already.
 *
 *   spend   [days], as spent, in any unit
 *   series  [count][days]
 *   scratch [2][days]
 *
 * Returns the number of degrees of freedom it took: 0 where spend hardly varies. */
size_t mkt_expected_remove_spend(const struct mkt_expected *x, const double *spend, double *series,
                                 size_t count, double *scratch);

/* How much too small the spread of resampled sums is, and how well it is known.
 *
 * The stationary bootstrap's variance of a sum is a quadratic form e' B e, B[s][t] a function of
 * the distance in days. For e = M y with chance y independent from day to day of variance v,
 *
 *     E e' B e = v tr(B M),   Var e' B e = 2 v^2 tr(B M B M)
 *
 * and the truth is v days. So  scale = sqrt(days / tr(B M)),  freedom = tr(B M)^2 / tr(B M B M).
 *
 *   block_days  mean length of the blocks, >= 1
 *
 * Own spend, of each series its own, takes more where the weekdays are terms: (1 + r f) / (1 - r f)
 * of tr(B M) for each of its two parts, r = 1 - 1 / block_days and f the carry-over, which is what
 * B gives an autoregression that hangs together as spend carried over does.
 *
 * Errors  MKT_E_NOMEM  the arena is full
 * Cost    days * terms * reach, the reach of B a few blocks
 * Source  B: Politis & Romano (1994) lemma 1; freedom: Satterthwaite, Biometrics Bulletin 2 (1946) 110
 * Checked tests/model/expected_test.c */
MKT_MUST_CHECK mkt_status mkt_expected_calibrate(struct mkt_expected *x, struct mkt_arena *arena,
                                                 double block_days, struct mkt_err *err);

#endif
