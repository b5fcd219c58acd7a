#include "model/lift.h"

#include <math.h>

enum { Y = MKT_ARMS_Y, D = MKT_ARMS_D, X = MKT_ARMS_X, E = MKT_ARMS_E };

const char *mkt_lift_fault_text(mkt_lift_fault fault)
{
    static const char *const text[] = {
        NULL,
        "an arm has fewer than two units",
        "its values do not vary within the variants",
        "it is zero in the control, so that nothing can be relative to it",
        "its denominator is zero",
        "its values are too large to compute with",
    };
    return text[fault];
}

void mkt_lift_arm_of(const struct mkt_arms_moments *moments, mkt_arms_kind kind,
                     struct mkt_lift_arm *out)
{
    double n = (double)moments->n;
    double divide = kind == MKT_ARMS_PROPORTION && n > 0 ? n * n / (n - 1) : n;
    *out = (struct mkt_lift_arm){.n = n, .dof = n - 1};
    if (moments->n < 2) return;
    for (int i = 0; i < MKT_ARMS_VARIABLES; i++) {
        out->mean[i] = moments->mean[i];
        for (int j = 0; j < MKT_ARMS_VARIABLES; j++)
            out->spread[i][j] = moments->covariance[i][j] / divide;
    }
}

/* Covariance of g0 a + g1 b with h0 c + h1 d. */
static double bilinear(const struct mkt_lift_arm *arm, int a, int b, const double g[2], int c,
                       int d, const double h[2])
{
    return g[0] * (h[0] * arm->spread[a][c] + h[1] * arm->spread[a][d]) +
           g[1] * (h[0] * arm->spread[b][c] + h[1] * arm->spread[b][d]);
}

/* The metric y, or y / d, and its slopes in both. */
static double metric_of(const struct mkt_lift_arm *arm, bool ratio, int y, int d, double slope[2])
{
    slope[0] = 1;
    slope[1] = 0;
    if (!ratio) return arm->mean[y];
    if (arm->mean[d] == 0) return slope[0] = 0;
    slope[0] = 1 / arm->mean[d];
    slope[1] = -arm->mean[y] / (arm->mean[d] * arm->mean[d]);
    return arm->mean[y] / arm->mean[d];
}

void mkt_lift_parts_of(const struct mkt_lift_arm *arm, bool ratio, struct mkt_lift_parts *out)
{
    double g[2], h[2];
    out->metric = metric_of(arm, ratio, Y, D, g);
    out->covariate = metric_of(arm, ratio, X, E, h);
    out->v = bilinear(arm, Y, D, g, Y, D, g);
    out->w = bilinear(arm, X, E, h, X, E, h);
    out->c = bilinear(arm, Y, D, g, X, E, h);
}

mkt_lift_fault mkt_lift_fit(const struct mkt_lift_arm *control, const struct mkt_lift_arm *treated,
                            const struct mkt_lift_spec *spec, struct mkt_lift *out)
{
    if (control->n < 2 || treated->n < 2) return MKT_LIFT_TOO_FEW;
    if (spec->ratio && (control->mean[D] == 0 || treated->mean[D] == 0))
        return MKT_LIFT_ZERO_DENOMINATOR;
    struct mkt_lift_parts a, b;
    mkt_lift_parts_of(control, spec->ratio, &a);
    mkt_lift_parts_of(treated, spec->ratio, &b);
    bool relative = spec->scale == MKT_LIFT_RELATIVE;
    if (relative && a.metric == 0) return MKT_LIFT_ZERO_BASELINE;

    double theta = spec->theta, base = relative ? fabs(a.metric) : 1;
    double r = relative ? b.metric / a.metric : 1;
    double of_a = a.v * r * r + theta * theta * a.w - 2 * theta * a.c * r;
    double of_b = b.v + theta * theta * b.w - 2 * theta * b.c;
    double variance = (of_a + of_b) / (base * base);
    struct mkt_lift lift = {.control = a.metric, .treated = b.metric, .n = control->n + treated->n};
    lift.value = ((b.metric - theta * b.covariate) - (a.metric - theta * a.covariate)) / base;
    /* rounding may leave a trace of variance where there is none */
    double scale = (a.v * r * r + b.v) / (base * base);
    if (!isfinite(lift.value) || !isfinite(variance)) return MKT_LIFT_TOO_LARGE;
    if (!(variance > 1e-14 * scale) || !(scale > 0)) return MKT_LIFT_NO_VARIANCE;
    lift.se = sqrt(variance);

    double plain_a = a.v + theta * theta * a.w - 2 * theta * a.c, plain_b = of_b;
    double sum = plain_a + plain_b, square = base * base;
    lift.difference = sum / square;
    if (relative) {
        lift.base = a.v / square;
        lift.both = copysign(1, a.metric) * (theta * a.c - a.v) / square;
    }
    lift.dof = sum * sum / (plain_a * plain_a / control->dof + plain_b * plain_b / treated->dof);
    if (!(lift.dof > 0)) return MKT_LIFT_TOO_FEW;
    *out = lift;
    return MKT_LIFT_FINE;
}
