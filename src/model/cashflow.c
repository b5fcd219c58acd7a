#include "model/cashflow.h"

#include <math.h>

#define GRID 4096
#define HALVINGS 64

/* Horner's rule in x = (1 + r)^(-1/12). */
static double worth(const double *flow, size_t months, double x)
{
    double sum = 0;
    for (size_t t = months; t-- > 0;) sum = sum * x + flow[t];
    return sum;
}

double mkt_cashflow_npv(const double *flow, size_t months, double rate)
{
    return worth(flow, months, pow(1 + rate, -1.0 / 12));
}

/* NPV at a rate given by log(1 + r), scaled so that its size does not overflow; the sign is right. */
static double sign_at(const double *flow, size_t months, double log_growth)
{
    double x = exp(-log_growth / 12);
    if (x <= 1) return worth(flow, months, x);
    /* the same in 1/x, from the other end: times x^-(months - 1), which is above 0 */
    double sum = 0, y = 1 / x;
    for (size_t t = 0; t < months; t++) sum = sum * y + flow[t];
    return sum;
}

static double close_in(const double *flow, size_t months, double a, double b)
{
    double at_a = sign_at(flow, months, a);
    for (int k = 0; k < HALVINGS; k++) {
        double middle = a + (b - a) / 2, at = sign_at(flow, months, middle);
        if (at == 0) return middle;
        if ((at < 0) == (at_a < 0))
            a = middle;
        else
            b = middle;
    }
    return a + (b - a) / 2;
}

static size_t count_changes(const double *flow, size_t months)
{
    size_t changes = 0;
    int sign = 0;
    for (size_t t = 0; t < months; t++) {
        int now = (flow[t] > 0) - (flow[t] < 0);
        if (now == 0) continue;
        changes += sign && now != sign;
        sign = now;
    }
    return changes;
}

static void add_root(struct mkt_cashflow_irr *out, double log_growth)
{
    if (out->roots < MKT_CASHFLOW_ROOTS) out->rate[out->roots] = expm1(log_growth);
    out->roots++;
}

struct mkt_cashflow_irr mkt_cashflow_rates(const double *flow, size_t months)
{
    struct mkt_cashflow_irr out = {.changes = count_changes(flow, months)};
    if (out.changes == 0) return out;
    double from = log1p(MKT_CASHFLOW_LEAST), to = log1p(MKT_CASHFLOW_MOST);
    double a = from, at_a = sign_at(flow, months, a);
    for (int k = 1; k <= GRID; k++) {
        double b = from + (to - from) * k / GRID, at_b = sign_at(flow, months, b);
        if (at_a == 0)
            add_root(&out, a);
        else if (at_b != 0 && (at_a < 0) != (at_b < 0))
            add_root(&out, close_in(flow, months, a, b));
        a = b;
        at_a = at_b;
    }
    return out;
}
