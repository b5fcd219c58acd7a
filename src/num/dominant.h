/* The inverse of a small diagonally dominant matrix. */
#ifndef MKT_NUM_DOMINANT_H
#define MKT_NUM_DOMINANT_H

#include <stdbool.h>
#include <stddef.h>

/* Replaces a by its inverse.   a [n][n], a[i][i] >= sum over j of |a[i][j]|, j not i
 *
 * Returns false, and leaves a undefined, when a cannot be inverted in double precision.
 * Notes    Gauss-Jordan without exchanges, which dominance makes stable
 * Cost     2 n^3 flops
 * Source   Golub & Van Loan, Matrix Computations (4th ed.), theorem 3.4.3; Higham, Accuracy and
 *          Stability of Numerical Algorithms (2002) section 14.4
 * Checked  tests/num/dominant_test.c */
bool mkt_dominant_invert(double *a, size_t n);

#endif
