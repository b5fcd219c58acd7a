/* Intervals and p values that hold at every look: stop whenever you like.
 *
 * The asymptotic confidence sequence of a mean, a mixture of normal
 * likelihood ratios with width rho:
 *
 *     reach = se sqrt(N) sqrt(2 (N rho^2 + 1) ln(sqrt(N rho^2 + 1) / alpha) / (N rho)^2)
 *     rho   = sqrt((-2 ln alpha + ln(1 - 2 ln alpha)) / N*)
 *     p     = min(1, sqrt(N rho^2 + 1) exp(-rho^2 N^2 (value / (se sqrt N))^2 / (2 (N rho^2 + 1))))
 *
 * N counts the units of both arms; the sequence is tightest near N = N*. The
 * price of looking is width: some 20 % at N*, more far from it.
 */
#ifndef MKT_MODEL_SEQUENTIAL_H
#define MKT_MODEL_SEQUENTIAL_H

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

/* reach / se at N units: what stands where a fixed test has 1.96. */
double mkt_sequential_critical(double n, double level, double tuning);

/* Units of both arms at which a lift that is now z standard errors from the bar, at n units, would
 * stand clear of it if it stayed what it is; n itself where it does already, INFINITY beyond 1e15.
 *   z > 0, n > 0                    Checked  tests/model/sequential_test.c */
double mkt_sequential_units(double z, double n, double level, double tuning);

#endif
