/* Compares doubles, and says both where they differ. */
#ifndef MKT_TESTS_NUM_NEAR_H
#define MKT_TESTS_NUM_NEAR_H

#include <math.h>
#include <stdio.h>

static inline void near_check(double have, double want, double within, const char *file, int line)
{
    if (fabs(have - want) <= within) return;
    print_error("%.17g is not %.17g within %g\n", have, want, within);
    _fail(file, line);
}

#define assert_near(have, want, within) near_check((have), (want), (within), __FILE__, __LINE__)

#endif
