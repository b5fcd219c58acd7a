#include "num/dense.h"

#include <math.h>
#include <string.h>

/* Two at a time, wherever they lie; `aligned(8)` lets the compiler load them unaligned. Wider
 * vectors are taken apart at great cost where the machine has none. */
typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));

#define PAIR(p) (*(const pair *)(const void *)(p))

double mkt_dense_dot(const double *x, const double *y, size_t n)
{
    pair a = {0}, b = {0}, c = {0}, d = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        a += PAIR(x + i) * PAIR(y + i);
        b += PAIR(x + i + 2) * PAIR(y + i + 2);
        c += PAIR(x + i + 4) * PAIR(y + i + 4);
        d += PAIR(x + i + 6) * PAIR(y + i + 6);
    }
    a = (a + b) + (c + d);
    double sum = a[0] + a[1];
    for (; i < n; i++) sum += x[i] * y[i];
    return sum;
}

double mkt_dense_quadratic(const double *x, const double *m, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * mkt_dense_dot(m + i * n, x, n);
    return sum;
}

void mkt_dense_add(double a, const double *restrict x, double *restrict y, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        *(pair *)(void *)(y + i) += a * PAIR(x + i);
        *(pair *)(void *)(y + i + 2) += a * PAIR(x + i + 2);
    }
    for (; i < n; i++) y[i] += a * x[i];
}

void mkt_dense_remove(const double *q, size_t rows, size_t n, double *y)
{
    for (size_t r = 0; r < rows; r++)
        mkt_dense_add(-mkt_dense_dot(q + r * n, y, n), q + r * n, y, n);
}

int mkt_dense_orthonormal(double *q, size_t rows, size_t n, const double *v, double least)
{
    double *row = q + rows * n, before = mkt_dense_dot(v, v, n);
    memcpy(row, v, n * sizeof *row);
    mkt_dense_remove(q, rows, n, row);
    mkt_dense_remove(q, rows, n, row);
    double left = mkt_dense_dot(row, row, n);
    if (!(left > least * before) || !(left > 0)) return 0;
    double scale = 1 / sqrt(left);
    for (size_t i = 0; i < n; i++) row[i] *= scale;
    return 1;
}
