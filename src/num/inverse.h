/* The inverse of a small matrix that needs no exchange of rows. */
#ifndef MKT_NUM_INVERSE_H
#define MKT_NUM_INVERSE_H

#include <stdbool.h>
#include <stddef.h>

/* Replaces a by its inverse.
 *   a [n][n], diagonally dominant (a[i][i] >= sum over j of |a[i][j]|, j not i) or symmetric and
 *     positive definite
 *
 * Returns false, and leaves a undefined, when a cannot be inverted in double precision.
 * Notes    Gauss-Jordan without exchanges, stable for such matrices
 * Cost     2 n^3 flops
 * Source   Golub & Van Loan, Matrix Computations (4th ed.), theorem 3.4.3 and section 4.2; Higham, Accuracy and
 *          Stability of Numerical Algorithms (2002) section 14.4
 * Checked  tests/num/inverse_test.c */
bool mkt_inverse_make(double *a, size_t n);

#endif
