#include "model/exposure_logit.h"

#include <math.h>
#include <string.h>

#include "num/dense.h"
#include "num/inverse.h"

static double score_of(const struct mkt_exposure_logit *f, uint64_t met)
{
    double x = f->b[f->columns];
    for (; met; met &= met - 1) x += f->b[__builtin_ctzll(met)];
    return x;
}

double mkt_exposure_logit_chance(const struct mkt_exposure_logit *fit, uint64_t met)
{
    return 1 / (1 + exp(-score_of(fit, met)));
}

size_t mkt_exposure_logit_places(const struct mkt_exposure_logit *fit, uint64_t met, size_t *place)
{
    size_t n = 0;
    for (; met; met &= met - 1) place[n++] = (size_t)__builtin_ctzll(met);
    place[n++] = fit->columns;
    return n;
}

struct fit {
    struct mkt_exposure_logit *out;
    const struct mkt_moments_table *table;
    bool at_end;
    double penalty;
};

/* What the rows add to the log likelihood, its gradient and the Hessian of its negative. */
static double add_rows(const struct fit *f, double *gradient, double *hessian)
{
    const struct mkt_exposure_logit *fit = f->out;
    size_t place[65];
    double sum = 0;
    for (size_t r = 0; r < f->table->rows; r++) {
        const struct mkt_moments *m = &f->table->row[r];
        double times = f->at_end ? m->ended : m->times;
        if (times <= 0) continue;
        double x = score_of(fit, m->met), odds = exp(-fabs(x)), part = 1 / (1 + odds);
        double p = x > 0 ? part : odds * part, rest = x > 0 ? odds * part : part;
        double over = m->converted - times * p;
        sum += m->converted * x - times * (fmax(x, 0) + log1p(odds));
        size_t places = mkt_exposure_logit_places(fit, m->met, place);
        for (size_t i = 0; i < places; i++) gradient[place[i]] += over;
        mkt_exposure_logit_add(fit, hessian, place, places, times * p * rest);
    }
    return sum;
}

/* Penalised log likelihood, its gradient, and the Hessian of its negative. */
static double likelihood(const struct fit *f, double *gradient, double *hessian)
{
    const struct mkt_exposure_logit *fit = f->out;
    size_t n = fit->columns + 1;
    double sum = 0;
    memset(hessian, 0, n * n * sizeof *hessian);
    gradient[n - 1] = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        sum -= f->penalty * fit->b[i] * fit->b[i] / 2;
        gradient[i] = -f->penalty * fit->b[i];
        hessian[i * n + i] = f->penalty;
    }
    sum += add_rows(f, gradient, hessian);
    mkt_exposure_logit_mirror(fit, hessian);
    return sum;
}

/* Newton's method with halved steps where a whole one goes too far; the likelihood is concave. */
static bool maximise(const struct fit *f, double *room)
{
    struct mkt_exposure_logit *fit = f->out;
    size_t n = fit->columns + 1;
    double *gradient = room, *move = room + n, *old = move + n;
    double now = likelihood(f, gradient, fit->inverse);
    for (fit->steps = 1; fit->steps <= 100; ++fit->steps) {
        double size = 0, then = -INFINITY;
        if (!mkt_inverse_make(fit->inverse, n)) return false;
        for (size_t i = 0; i < n; i++) {
            move[i] = mkt_dense_dot(fit->inverse + i * n, gradient, n);
            size = fmax(size, fabs(move[i]));
        }
        if (size < 1e-10) return true;
        memcpy(old, fit->b, n * sizeof *old);
        for (double part = 1; part > 1e-6; part /= 2) {
            for (size_t i = 0; i < n; i++) fit->b[i] = old[i] + part * move[i];
            then = likelihood(f, gradient, fit->inverse);
            if (then >= now - 1e-12 * fabs(now)) break;
        }
        now = then;
    }
    return false;
}

mkt_status mkt_exposure_logit_fit(struct mkt_arena *arena, const struct mkt_moments_table *table,
                                  size_t channels, bool at_end, double penalty,
                                  struct mkt_exposure_logit *out, struct mkt_err *err)
{
    size_t n = channels + table->stages + 1;
    double times = 0, converted = 0;
    *out = (struct mkt_exposure_logit){n - 1, MKT_NEW(arena, double, n),
                                       MKT_NEW(arena, double, n *n), 0};
    if (!out->b || !out->inverse) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < table->rows; i++) {
        times += at_end ? table->row[i].ended : table->row[i].times;
        converted += table->row[i].converted;
    }
    out->b[n - 1] = log(converted / (times - converted));
    size_t mark = mkt_arena_mark(arena);
    double *room = MKT_NEW(arena, double, 3 * n);
    if (!room) return mkt_arena_full(arena, err);
    const struct fit f = {out, table, at_end, penalty};
    bool found = maximise(&f, room);
    mkt_arena_release(arena, mark);
    if (!found)
        return mkt_err_set(err, MKT_E_INTERNAL, "the chance to convert could not be fitted");
    return MKT_OK;
}

void mkt_exposure_logit_mirror(const struct mkt_exposure_logit *fit, double *matrix)
{
    const size_t n = fit->columns + 1;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) matrix[j * n + i] = matrix[i * n + j];
}

double mkt_exposure_logit_spread(const struct mkt_exposure_logit *fit, double lost_squared,
                                 const double *slope, const double *lost_score,
                                 const double *squares, double *room)
{
    size_t n = fit->columns + 1;
    double *pull = room;
    memset(pull, 0, n * sizeof *pull);
    for (size_t j = 0; j < n; j++) mkt_dense_add(slope[j], fit->inverse + j * n, pull, n);
    double square = lost_squared + 2 * mkt_dense_dot(pull, lost_score, n) +
                    mkt_dense_quadratic(pull, squares, n);
    return sqrt(fmax(0, square));
}
