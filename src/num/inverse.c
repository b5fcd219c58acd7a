#include "num/inverse.h"

#include <math.h>

#include "num/dense.h"

bool mkt_inverse_make(double *a, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        double *pivot_row = a + k * n, pivot = pivot_row[k];
        if (!(fabs(pivot) > 0) || !isfinite(1 / pivot)) return false;
        pivot_row[k] = 1;
        for (size_t j = 0; j < n; j++) pivot_row[j] /= pivot;
        for (size_t i = 0; i < n; i++) {
            double *row = a + i * n, f = row[k];
            if (i == k || f == 0) continue;
            row[k] = 0;
            mkt_dense_add(-f, pivot_row, row, n);
        }
    }
    return true;
}
