/* Sample ratio mismatch: did the arms get the units they were meant to get?
 *
 *     chi^2 = sum (observed - expected)^2 / expected,    arms - 1 degrees of freedom
 *
 * A mismatch says that assignment or counting is broken; then no other figure
 * of the experiment can be trusted. Because it is checked at every look, the
 * alarm is set at p < 0.001.
 */
#ifndef MKT_MODEL_SRM_H
#define MKT_MODEL_SRM_H

#include <stddef.h>
#include <stdint.h>

#define MKT_SRM_ALARM 0.001
#define MKT_SRM_LEAST 8 /* expected units an arm, below which the test says nothing */

/* p value; 1 when fewer than two arms have weight or there are no units.
 *
 *   observed  [arms]  units
 *   weight    [arms]  intended shares, any scale, >= 0; an arm of weight 0 is left out
 *
 * Source   Pearson, Phil. Mag. 50 (1900) 157-175; Fabijan et al., KDD 2019, section 3
 * Checked  tests/model/srm_test.c */
double mkt_srm_p(const int64_t *observed, const double *weight, size_t arms);

#endif
