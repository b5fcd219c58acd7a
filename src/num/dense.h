/* Dot products and updates of dense vectors, in a fixed order of summation.
 *
 * The compiler may not reorder a sum, so a plain loop adds one number at a
 * time. These keep eight partial sums and join them in one stated order: the
 * same bits on every machine, several times faster.
 */
#ifndef MKT_NUM_DENSE_H
#define MKT_NUM_DENSE_H

#include <stddef.h>

/* sum x[i] y[i];   x, y [n], may be the same */
double mkt_dense_dot(const double *x, const double *y, size_t n);

/* x' m x for m [n][n]. */
double mkt_dense_quadratic(const double *x, const double *m, size_t n);

/* y += a x;   x, y [n], apart */
void mkt_dense_add(double a, const double *restrict x, double *restrict y, size_t n);

/* Makes row `rows` of an orthonormal set q [rows][n] from v: what the earlier rows explain is
 * taken out twice, the rest scaled to length 1.
 *
 * Returns false, and leaves the row undefined, when less than `least` of v's squared length is
 * left: v is a combination of the earlier rows.
 * Source  Giraud, Langou & Rozloznik, Numer. Math. 101 (2005) 87-100: twice is enough */
int mkt_dense_orthonormal(double *q, size_t rows, size_t n, const double *v, double least);

/* Takes out of y what the rows of q explain:  y -= q' q y.   q [rows][n] orthonormal, y [n] */
void mkt_dense_remove(const double *q, size_t rows, size_t n, double *y);

#endif
