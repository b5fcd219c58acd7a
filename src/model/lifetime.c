#include "model/lifetime.h"

#include <math.h>
#include <string.h>

#include "model/interval.h"
#include "num/distribution.h"
#include "num/random.h"

#define GROUPS MKT_COHORTS_GROUPS
#define DRAWS MKT_LIFETIME_DRAWS

enum { SEEN, CONTRIBUTION, AMOUNT, SERIES };

struct fit {
    const struct mkt_cohorts *cohorts;
    size_t slice, months;
    double *group;   /* [GROUPS][SERIES][months] */
    double *draw;    /* [SERIES][months] of the draw at hand */
    double *curve;   /* [DRAWS][months] L */
    double *present; /* [DRAWS][months] discounted L */
    double *revenue; /* [DRAWS][months] discounted amounts */
};

/* ---- one set of sums ------------------------------------------------------------------------ */

static void sum_up(const struct fit *f, const double *sums, double discount, double *curve,
                   double *present, double *revenue)
{
    double plain = 0, worth = 0, amounts = 0;
    for (size_t m = 0; m < f->months; m++) {
        double n = sums[SEEN * f->months + m], d = pow(1 + discount, -(double)m / 12);
        double c = n > 0 ? sums[CONTRIBUTION * f->months + m] / n : 0;
        double a = n > 0 ? sums[AMOUNT * f->months + m] / n : 0;
        curve[m] = plain += c;
        present[m] = worth += d * c;
        revenue[m] = amounts += d * a;
    }
}

static void take_groups(const struct fit *f, double *whole)
{
    size_t width = SERIES * f->months;
    for (size_t g = 0; g < GROUPS; g++) {
        const struct mkt_cohorts_cell *cell = mkt_cohorts_at(f->cohorts, f->slice, g);
        double *x = f->group + g * width;
        for (size_t m = 0; m < f->months; m++) {
            x[SEEN * f->months + m] = (double)cell[m].seen;
            x[CONTRIBUTION * f->months + m] = (double)cell[m].contribution / MKT_MICRO;
            x[AMOUNT * f->months + m] = (double)cell[m].amount / MKT_MICRO;
        }
        for (size_t k = 0; k < width; k++) whole[k] += x[k];
    }
}

/* The groups of a draw with replacement; the same for every slice. */
static void draw_groups(const struct fit *f, uint64_t seed, size_t d)
{
    size_t width = SERIES * f->months;
    uint16_t times[GROUPS] = {0};
    struct mkt_random random;
    mkt_random_init(&random, seed, d);
    for (size_t k = 0; k < GROUPS; k++) times[mkt_random_below(&random, GROUPS)]++;
    memset(f->draw, 0, width * sizeof *f->draw);
    for (size_t g = 0; g < GROUPS; g++) {
        const double *x = f->group + g * width;
        double w = times[g];
        if (w == 0) continue;
        for (size_t k = 0; k < width; k++) f->draw[k] += w * x[k];
    }
}

/* ---- intervals ------------------------------------------------------------------------------ */

/* From draws that lie `stride` apart. On the log scale where none is at or below 0. */
static struct mkt_lifetime_value value_of(double value, const double *draws, size_t stride,
                                          double t)
{
    struct mkt_lifetime_value v = {value, NAN, NAN, NAN, value > 0};
    for (size_t d = 0; d < DRAWS && v.is_log; d++) v.is_log = draws[d * stride] > 0;
    double mean = 0, square = 0;
    for (size_t d = 0; d < DRAWS; d++) {
        double x = draws[d * stride];
        x = v.is_log ? log(x / value) : x - value;
        mean += x / DRAWS;
        square += x * x / DRAWS;
    }
    v.spread = sqrt(fmax(square - mean * mean, 0) * DRAWS / (DRAWS - 1));
    if (!(v.spread > 1e-9 * fmax(v.is_log ? 1 : fabs(value), 1e-9)) || isnan(t)) return v;
    v.low = v.is_log ? value * exp(-t * v.spread) : value - t * v.spread;
    v.high = v.is_log ? value * exp(t * v.spread) : value + t * v.spread;
    return v;
}

static const struct mkt_lifetime_value unknown = {NAN, NAN, NAN, NAN, false};

/* Wilson on the customers that the variance of the share is worth. */
static struct mkt_lifetime_share share_of(double share, double variance, double seen)
{
    struct mkt_lifetime_share s = {share, NAN, NAN};
    double z = mkt_distribution_normal_quantile((1 + MKT_LIFETIME_LEVEL) / 2);
    double n = variance > 0 ? share * (1 - share) / variance : seen;
    if (!(n > 0)) return s;
    struct mkt_interval i = mkt_interval_wilson(share * n, n, 1, z);
    s.low = i.low;
    s.high = i.high;
    return s;
}

static void find_paid(const struct fit *f, struct mkt_lifetime *out)
{
    const struct mkt_cohorts *c = f->cohorts;
    const struct mkt_cohorts_back *back = c->back + f->slice * c->rules.months;
    bool known = c->rules.threshold && c->rules.threshold[f->slice] > 0;
    double left = 1, greenwood = 0;
    for (size_t m = 0; m < out->months; m++) {
        double risk = (double)back[m].risk, paid = (double)back[m].paid;
        if (!known) {
            out->paid[m] = (struct mkt_lifetime_share){NAN, NAN, NAN};
            continue;
        }
        if (risk > 0) {
            left *= 1 - paid / risk;
            if (risk > paid) greenwood += paid / (risk * (risk - paid));
        }
        out->paid[m] = share_of(1 - left, left * left * greenwood, (double)out->seen[m]);
    }
}

/* ---- the fit -------------------------------------------------------------------------------- */

static mkt_status make_room(struct mkt_arena *arena, struct fit *f, struct mkt_lifetime *out,
                            struct mkt_err *err)
{
    size_t months = f->months;
    out->seen = MKT_NEW(arena, int64_t, months + 1);
    out->curve = MKT_NEW(arena, struct mkt_lifetime_value, months + 1);
    out->paid = MKT_NEW(arena, struct mkt_lifetime_share, months + 1);
    if (!out->seen || !out->curve || !out->paid) return mkt_arena_full(arena, err);
    return MKT_OK;
}

static mkt_status make_scratch(struct mkt_arena *arena, struct fit *f, struct mkt_err *err)
{
    f->group = MKT_NEW(arena, double, GROUPS *SERIES * f->months);
    f->draw = MKT_NEW(arena, double, SERIES * f->months);
    f->curve = MKT_NEW(arena, double, DRAWS * f->months);
    f->present = MKT_NEW(arena, double, DRAWS * f->months);
    f->revenue = MKT_NEW(arena, double, DRAWS * f->months);
    return f->group && f->draw && f->curve && f->present && f->revenue ? MKT_OK
                                                                       : mkt_arena_full(arena, err);
}

static void count_seen(struct fit *f, struct mkt_lifetime *out)
{
    const struct mkt_cohorts *c = f->cohorts;
    for (size_t m = 0; m < f->months; m++) {
        for (size_t g = 0; g < GROUPS; g++) out->seen[m] += mkt_cohorts_at(c, f->slice, g)[m].seen;
        if (out->seen[m] < MKT_LIFETIME_LEAST) break;
        out->months = m + 1;
    }
}

static size_t groups_used(const struct fit *f)
{
    size_t used = 0;
    for (size_t g = 0; g < GROUPS; g++) used += f->group[g * SERIES * f->months] > 0;
    return used;
}

mkt_status mkt_lifetime_fit(struct mkt_arena *arena, const struct mkt_cohorts *cohorts,
                            size_t slice, const struct mkt_lifetime_params *params,
                            struct mkt_lifetime *out, struct mkt_err *err)
{
    struct fit f = {.cohorts = cohorts, .slice = slice, .months = cohorts->rules.months};
    *out = (struct mkt_lifetime){.horizon = params->horizon,
                                 .t = NAN,
                                 .ltv = unknown,
                                 .reached = unknown,
                                 .revenue = unknown};
    MKT_TRY(make_room(arena, &f, out, err));
    count_seen(&f, out);
    find_paid(&f, out);
    if (!out->months) return MKT_OK;
    f.months = out->months;
    bool within = params->horizon <= out->months;
    size_t last = within ? params->horizon - 1 : out->months - 1;
    out->ltv_draw = within ? MKT_NEW(arena, double, DRAWS) : NULL;
    out->revenue_draw = within ? MKT_NEW(arena, double, DRAWS) : NULL;
    if (within && (!out->ltv_draw || !out->revenue_draw)) return mkt_arena_full(arena, err);
    size_t mark = mkt_arena_mark(arena);
    double *whole = MKT_NEW(arena, double, (SERIES + 3) * f.months);
    MKT_TRY(make_scratch(arena, &f, err));
    if (!whole) return mkt_arena_full(arena, err);
    take_groups(&f, whole);
    double *curve = whole + SERIES * f.months, *present = curve + f.months,
           *revenue = present + f.months;
    sum_up(&f, whole, params->discount, curve, present, revenue);
    for (size_t d = 0; d < DRAWS; d++) {
        draw_groups(&f, params->seed, d);
        sum_up(&f, f.draw, params->discount, f.curve + d * f.months, f.present + d * f.months,
               f.revenue + d * f.months);
    }
    size_t used = groups_used(&f);
    if (used > 1)
        out->t = mkt_distribution_t_quantile((1 + MKT_LIFETIME_LEVEL) / 2, (double)used - 1);
    for (size_t m = 0; m < f.months; m++)
        out->curve[m] = value_of(curve[m], f.curve + m, f.months, out->t);
    struct mkt_lifetime_value v = value_of(present[last], f.present + last, f.months, out->t);
    *(within ? &out->ltv : &out->reached) = v;
    if (within) {
        out->revenue = value_of(revenue[last], f.revenue + last, f.months, out->t);
        for (size_t d = 0; d < DRAWS; d++) {
            out->ltv_draw[d] = f.present[d * f.months + last];
            out->revenue_draw[d] = f.revenue[d * f.months + last];
        }
    }
    mkt_arena_release(arena, mark);
    return MKT_OK;
}

/* ---- what follows --------------------------------------------------------------------------- */

struct mkt_lifetime_value mkt_lifetime_per(const struct mkt_lifetime_value *a, double b,
                                           double b_spread, double t)
{
    struct mkt_lifetime_value v = *a;
    v.value = a->value / b;
    v.low = v.high = v.spread = NAN;
    if (!(b > 0) || isnan(a->spread) || isnan(b_spread) || isnan(t)) return v;
    if (a->is_log) {
        v.spread = sqrt(a->spread * a->spread + b_spread * b_spread);
        if (!(v.spread > 0)) return v;
        v.low = v.value * exp(-t * v.spread);
        v.high = v.value * exp(t * v.spread);
    } else {
        double own = a->spread / b, other = v.value * b_spread;
        v.spread = sqrt(own * own + other * other);
        v.low = v.value - t * v.spread;
        v.high = v.value + t * v.spread;
    }
    return v;
}

struct mkt_lifetime_value mkt_lifetime_mix(const struct mkt_lifetime *l, double a, double b)
{
    double draw[DRAWS];
    if (!l->ltv_draw) return unknown;
    for (size_t d = 0; d < DRAWS; d++) draw[d] = a * l->revenue_draw[d] + b * l->ltv_draw[d];
    return value_of(a * l->revenue.value + b * l->ltv.value, draw, 1, l->t);
}

/* Where a curve first passes 1; 0 stands before the first month. */
static double crossing(double before, double at, size_t month)
{
    double part = at > before ? (1 - before) / (at - before) : 1;
    return (double)month + fmin(fmax(part, 0), 1);
}

struct mkt_lifetime_month mkt_lifetime_payback(const struct mkt_lifetime *l, double cost,
                                               double cost_spread)
{
    struct mkt_lifetime_month out = {NAN, NAN, NAN};
    double before[3] = {0, 0, 0}; /* value, upper limit, lower limit */
    for (size_t m = 0; m < l->months; m++) {
        struct mkt_lifetime_value v = mkt_lifetime_per(&l->curve[m], cost, cost_spread, l->t);
        const double at[3] = {v.value, isnan(v.high) ? v.value : v.high,
                              isnan(v.low) ? v.value : v.low};
        double *const to[3] = {&out.value, &out.low, &out.high};
        for (int k = 0; k < 3; k++) {
            if (isnan(*to[k]) && at[k] >= 1) *to[k] = crossing(before[k], at[k], m);
            before[k] = at[k];
        }
    }
    return out;
}

struct mkt_lifetime_month mkt_lifetime_median(const struct mkt_lifetime *l)
{
    struct mkt_lifetime_month out = {NAN, NAN, NAN};
    for (size_t m = 0; m < l->months; m++) {
        const struct mkt_lifetime_share *s = &l->paid[m];
        if (isnan(out.value) && s->value >= .5) out.value = (double)m + 1;
        if (isnan(out.low) && s->high >= .5) out.low = (double)m + 1;
        if (isnan(out.high) && s->low >= .5) out.high = (double)m + 1;
    }
    return out;
}

double mkt_lifetime_above(const struct mkt_lifetime_value *a, const struct mkt_lifetime_value *b)
{
    bool known = a->spread >= 0 && b->spread >= 0 && (a->spread > 0 || b->spread > 0);
    if (!known || isnan(a->value) || isnan(b->value)) return NAN;
    double apart, x = a->spread, y = b->spread;
    if (a->is_log && b->is_log) {
        apart = log(a->value / b->value);
    } else { /* on the plain scale: a spread of a logarithm is a share of its value */
        apart = a->value - b->value;
        x *= a->is_log ? a->value : 1;
        y *= b->is_log ? b->value : 1;
    }
    double p = mkt_distribution_normal_cdf(apart / sqrt(x * x + y * y));
    return fmin(fmax(p, .5 / DRAWS), 1 - .5 / DRAWS);
}
