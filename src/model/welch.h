/* Fixed-sample test of a lift: Welch's t, two-sided, one-sided or for non-inferiority.
 *
 * Good for one look at the end; looked at again and again it is wrong more
 * often than it says (see model/sequential.h).
 */
#ifndef MKT_MODEL_WELCH_H
#define MKT_MODEL_WELCH_H

#include "model/lift.h"

typedef enum {
    MKT_WELCH_TWO_SIDED,
    MKT_WELCH_GREATER, /* the alternative: lift > -margin; the interval is open above */
    MKT_WELCH_LESS     /* the alternative: lift < margin; the interval is open below */
} mkt_welch_tail;

struct mkt_welch {
    double low, high; /* -INFINITY or INFINITY where open */
    double p;
};

/*   level   of the interval, 0..1: 0.95
 *   margin  >= 0, in the unit of the lift: how much worse is still acceptable; 0 for superiority.
 *           Two-sided tests take 0.
 *
 * Source   Welch, Biometrika 34 (1947) 28-35; non-inferiority: Wellek, Testing Statistical
 *          Hypotheses of Equivalence and Noninferiority, 2nd ed. (2010), section 2
 * Checked  tests/model/lift_test.c */
struct mkt_welch mkt_welch_test(const struct mkt_lift *lift, double level, mkt_welch_tail tail,
                                double margin);

/* The lifts that a two-sided test of treated - (1 + lift) control does not refuse. Where the level is
 * high or units are few, a lift relative to what varies itself is so skewed that mkt_welch_test's interval
 * is too short above; this one is not. Open on both sides where what the lift is relative to is within
 * chance of nothing; p is of no difference.
 *
 * Source   Fieller, JRSS B 16 (1954) 175-185
 * Checked  tests/model/lift_test.c; tests/analysis/experiment_coverage_test.c */
struct mkt_welch mkt_welch_fieller(const struct mkt_lift *lift, double level);

#endif
