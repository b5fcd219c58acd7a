/* Intervals and p values that hold at every look: stop whenever you like.
 *
 * The asymptotic confidence sequence of a mean, a mixture of normal
 * likelihood ratios with width rho:
 *
 *     reach = se sqrt(N) sqrt(2 (N rho^2 + 1) ln(sqrt(N rho^2 + 1) / alpha) / (N rho)^2)
 *     rho   = sqrt((-2 ln alpha + ln(1 - 2 ln alpha)) / N*)
 *     p     = min(1, sqrt(N rho^2 + 1) exp(-rho^2 N^2 (value / (se sqrt N))^2 / (2 (N rho^2 + 1))))
 *
 * One side mixes over half a normal, the effects on that side alone, so that
 *
 *     p     = min(1, p of two sides / (2 Phi(u))),     u = value / se sqrt(N rho^2 / (N rho^2 + 1))
 *
 * whose bound at alpha lies a little beyond the end of the two-sided interval
 * at 2 alpha.
 *
 * N counts the units of both arms; the sequence is tightest near N = N*. The
 * price of looking is width: some 20 % at N*, more far from it.
 */
#ifndef MKT_MODEL_SEQUENTIAL_H
#define MKT_MODEL_SEQUENTIAL_H

#include <stdbool.h>

#include "model/lift.h"

#define MKT_SEQUENTIAL_TUNING 5000 /* N*, units */

struct mkt_sequential {
    double low, high;
    double p; /* always valid: P(ever <= a) <= a without an effect */
};

/*   level   0..1: 0.95       tuning  N* > 0
 *
 * Notes    asymptotic: the first looks should have some hundreds of units in each arm
 * Source   Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, Annals of Statistics 52 (2024)
 *          2613-2640, theorem 2.2, and appendix on choosing rho; p: Howard, Ramdas, McAuliffe & Sekhon,
 *          Annals of Statistics 49 (2021) 1055-1080, section 6
 * Checked  tests/model/sequential_test.c */
struct mkt_sequential mkt_sequential_test(const struct mkt_lift *lift, double level, double tuning);

/* One side: p that the lift is not better, and an interval each of whose ends is a bound by itself.
 *
 *   level   1 - 2 alpha, so that each end is passed with probability alpha at most: 0.9 for 5 %
 *
 * Source   the mixture of one side as in Howard, Ramdas, McAuliffe & Sekhon (2021), section 3.2; it
 *          is a supermartingale wherever the effect is not on its side
 * Checked  tests/model/sequential_test.c */
struct mkt_sequential mkt_sequential_test_one_side(const struct mkt_lift *lift, double level,
                                                   double tuning, bool more_is_better);

/* reach / se at N units: what stands where a fixed test has 1.96 (sides 2) or, at 90 %, 1.645 for one
 * side of 5 % (sides 1). */
double mkt_sequential_critical(double n, double level, double tuning, int sides);

/* Units of both arms at which a lift that is now z standard errors from the bar, at n units, would
 * stand clear of it if it stayed what it is; n itself where it does already, INFINITY beyond 1e15.
 *   z > 0, n > 0                    Checked  tests/model/sequential_test.c */
double mkt_sequential_units(double z, double n, double level, double tuning, int sides);

#endif
