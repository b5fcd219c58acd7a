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
    double from = log1p(MKT_CASHFLOW_LEAST), to = log1p(MKT_CASHFLOW_MOST);
    struct mkt_cashflow_irr out = {.changes = count_changes(flow, months),
                                   .above = sign_at(flow, months, to) > 0};
    if (out.changes == 0) return out;
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

static double spread_at(const double *rate, const double *spread, size_t rates, double growth)
{
    size_t k = 0;
    while (k < rates && log1p(rate[k]) < growth) k++;
    if (k == 0) return spread[0];
    if (k == rates) return spread[rates - 1];
    double a = log1p(rate[k - 1]), b = log1p(rate[k]);
    return spread[k - 1] + (spread[k] - spread[k - 1]) * (growth - a) / (b - a);
}

struct limit {
    const double *in, *out, *rate, *spread;
    size_t months, rates;
    double times;
};

static double excess(const struct limit *l, double growth)
{
    double s = spread_at(l->rate, l->spread, l->rates, growth), x = exp(-growth / 12);
    return worth(l->in, l->months, x) * exp(l->times * s) - worth(l->out, l->months, x);
}

double mkt_cashflow_limit(const double *in, const double *out, size_t months, const double *rate,
                          const double *spread, size_t rates, double times)
{
    const struct limit l = {in, out, rate, spread, months, rates, times};
    double from = log1p(MKT_CASHFLOW_LEAST), to = log1p(MKT_CASHFLOW_MOST), root = NAN;
    double a = from, at_a = excess(&l, a);
    int roots = 0;
    for (int k = 1; k <= GRID; k++) {
        double b = from + (to - from) * k / GRID, at_b = excess(&l, b);
        if (at_a == 0 || (at_b != 0 && (at_a < 0) != (at_b < 0))) {
            double low = a, high = b;
            for (int i = 0; i < HALVINGS && at_a != 0; i++) {
                double middle = low + (high - low) / 2;
                if ((excess(&l, middle) < 0) == (at_a < 0))
                    low = middle;
                else
                    high = middle;
            }
            root = expm1(low);
            roots++;
        }
        a = b;
        at_a = at_b;
    }
    if (roots == 0) return at_a > 0 ? MKT_CASHFLOW_MOST : -1;
    return roots == 1 ? root : NAN;
}
