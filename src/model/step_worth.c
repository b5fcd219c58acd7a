#include "model/step_worth.h"

#include <math.h>
#include <stdlib.h>

#include "num/random.h"

void mkt_step_worth_value(const struct mkt_funnels *f, double *mean, double *se, double *n)
{
    double x = (double)*f->conversions, v = (double)*f->value / MKT_MICRO;
    double vv = (double)f->value_square / 1e6, vx = (double)f->value_count / 1e3;
    double xx = (double)f->square[f->steps - 1];
    *n = x * x / fmax(xx, x); /* conversions, as many as they are independent */
    *mean = x > 0 ? v / x : NAN;
    double m = x > 0 ? *mean : 0, spread = vv - 2 * m * vx + m * m * xx;
    *se = x > 1 ? sqrt(fmax(spread, 0) * x / (x - 1)) / x : NAN;
    if (*n <= 1) *se = NAN;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void ends_of(double *drawn, size_t draws, double level, double value, double *low,
                    double *high)
{
    qsort(drawn, draws, sizeof *drawn, by_size);
    double tail = (1 - level) / 2 * (double)draws;
    *low = fmin(drawn[(size_t)tail], value);
    *high = fmax(drawn[draws - 1 - (size_t)tail], value);
}

/* A mean value: t on the scale of its log, since values above 0 with a long tail have means whose
 * error grows with them. */
static double draw_value(const struct mkt_step_worth_input *in, struct mkt_random *random)
{
    if (!(in->value_se > 0)) return in->value;
    double freedom = in->value_n - 1;
    double scale = sqrt(freedom / (2 * mkt_random_gamma(random, freedom / 2)));
    double t = mkt_random_normal(random) * scale;
    return in->value * exp(fmin(in->value_se / in->value * t, 50));
}

static double draw_rate(const struct mkt_step_rate *r, struct mkt_random *random)
{
    double x = r->successes / r->effect, n = r->trials / r->effect;
    return mkt_random_beta(random, .5 + x, .5 + n - x);
}

/* Fills worth [steps][draws] and whole [draws], and counts the draws each step is best in. */
static void draw_all(const struct mkt_step_worth_input *in, double *worth, double *whole,
                     struct mkt_step_worth *out)
{
    const size_t draws = MKT_STEP_WORTH_DRAWS;
    struct mkt_random random;
    mkt_random_init(&random, in->seed, 0);
    for (size_t d = 0; d < draws; d++) {
        double all = in->entries * draw_value(in, &random), least = INFINITY;
        size_t best = 0;
        for (size_t k = 0; k < in->steps; k++) {
            double r = draw_rate(&in->rate[k], &random);
            worth[k * draws + d] = r;
            all *= r;
            if (r < least) {
                least = r;
                best = k;
            }
        }
        for (size_t k = 0; k < in->steps; k++)
            worth[k * draws + d] = .01 * all / fmax(worth[k * draws + d], 1e-300);
        whole[d] = all / in->entries;
        out->of[best].best += 1;
    }
}

mkt_status mkt_step_worth_fit(struct mkt_arena *arena, const struct mkt_step_worth_input *in,
                              struct mkt_step_worth *out, struct mkt_err *err)
{
    const size_t draws = MKT_STEP_WORTH_DRAWS;
    *out = (struct mkt_step_worth){.of = MKT_NEW(arena, struct mkt_step_worth_of, in->steps)};
    size_t mark = mkt_arena_mark(arena);
    double *worth = MKT_NEW(arena, double, draws * in->steps),
           *whole = MKT_NEW(arena, double, draws);
    if (!out->of || !worth || !whole) return mkt_arena_full(arena, err);
    draw_all(in, worth, whole, out);
    double all = in->value;
    for (size_t k = 0; k < in->steps; k++) all *= in->rate[k].value;
    out->per_entry = all;
    ends_of(whole, draws, in->level, all, &out->per_entry_low, &out->per_entry_high);
    for (size_t k = 0; k < in->steps; k++) {
        struct mkt_step_worth_of *w = &out->of[k];
        w->value = .01 * in->entries * in->value;
        for (size_t j = 0; j < in->steps; j++)
            if (j != k) w->value *= in->rate[j].value;
        ends_of(worth + k * draws, draws, in->level, w->value, &w->low, &w->high);
        w->best = (w->best + .5) / (double)(draws + 1); /* never 0 or 1 */
        if (w->best > out->of[out->first].best) out->first = k;
    }
    out->second = out->first == 0 && in->steps > 1 ? 1 : 0;
    for (size_t k = 0; k < in->steps; k++)
        if (k != out->first && out->of[k].value > out->of[out->second].value) out->second = k;
    mkt_arena_release(arena, mark);
    return MKT_OK;
}
