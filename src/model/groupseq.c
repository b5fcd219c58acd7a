#include "model/groupseq.h"

#include <math.h>

#include "num/distribution.h"
#include "num/tail.h"

#define FAR 8.5     /* standard deviations beyond which a normal density is taken as zero */
#define LEAST 1e-14 /* less than this is not spent */
#define PER_STEP 5. /* places per standard deviation of a step */
#define PLACES_MIN 201
#define PLACES_MAX 6001

/* The walk's density over the places where it goes on, times Simpson's weights. */
struct walk {
    double *place, *mass;
    size_t places;
};

static double spent(double t, double alpha, mkt_groupseq_spending spending)
{
    if (t >= 1) return alpha;
    if (spending == MKT_GROUPSEQ_POCOCK) return alpha * log1p((M_E - 1) * t);
    double z = -mkt_distribution_normal_quantile(alpha / 4);
    return 4 * mkt_tail_normal_above(z / sqrt(t));
}

/* P(|S_k| >= edge) of the walk after a step of standard deviation sd */
static double leaving(const struct walk *w, double edge, double sd)
{
    double sum = 0;
    for (size_t i = 0; i < w->places; i++)
        sum += w->mass[i] * (mkt_tail_normal_above((edge - w->place[i]) / sd) +
                             mkt_tail_normal_above((edge + w->place[i]) / sd));
    return sum;
}

static double find_edge(const struct walk *w, double sd, double t, double spend)
{
    if (spend < LEAST) return INFINITY;
    double low = 0, high = FAR * sqrt(t);
    if (leaving(w, high, sd) >= spend) return high;
    for (int i = 0; i < 60 && high - low > 1e-12; i++) {
        double middle = .5 * (low + high);
        if (leaving(w, middle, sd) > spend)
            low = middle;
        else
            high = middle;
    }
    return .5 * (low + high);
}

static size_t count_places(double edge, double next_sd)
{
    double n = 2 * ceil(PER_STEP * edge / next_sd) + 1;
    return n < PLACES_MIN ? PLACES_MIN : n > PLACES_MAX ? PLACES_MAX : (size_t)n;
}

/* The density after the step, on places up to the edge. */
static void go_on(const struct walk *from, double sd, double edge, double next_sd, struct walk *to)
{
    to->places = count_places(edge, next_sd);
    double gap = 2 * edge / (double)(to->places - 1);
    size_t first = 0;
    for (size_t i = 0; i < to->places; i++) {
        double x = -edge + gap * (double)i, sum = 0;
        while (first < from->places && from->place[first] < x - FAR * sd) first++;
        for (size_t j = first; j < from->places && from->place[j] <= x + FAR * sd; j++)
            sum += from->mass[j] * mkt_tail_normal_density((x - from->place[j]) / sd);
        double weight = i == 0 || i + 1 == to->places ? 1 : i % 2 ? 4 : 2;
        to->place[i] = x;
        to->mass[i] = sum / sd * weight * gap / 3;
    }
}

static mkt_status check(const double *information, size_t looks, double alpha, struct mkt_err *err)
{
    if (looks < 1 || looks > MKT_GROUPSEQ_LOOKS)
        return mkt_err_set(err, MKT_E_ARG, "%zu looks: between 1 and %d are possible", looks,
                           MKT_GROUPSEQ_LOOKS);
    if (!(alpha > 0 && alpha < 1))
        return mkt_err_set(err, MKT_E_ARG, "an error of %g to spend: it must lie between 0 and 1",
                           alpha);
    for (size_t k = 0; k < looks; k++)
        if (!(information[k] > (k ? information[k - 1] : 0)) || !(information[k] <= 1))
            return mkt_err_set(err, MKT_E_ARG,
                               "look %zu has the information share %g: shares must rise from "
                               "above 0 to at most 1",
                               k + 1, information[k]);
    return MKT_OK;
}

mkt_status mkt_groupseq_bounds(struct mkt_arena *arena, const double *information, size_t looks,
                               double alpha, mkt_groupseq_spending spending, double *bound,
                               struct mkt_err *err)
{
    MKT_TRY(check(information, looks, alpha, err));
    size_t mark = mkt_arena_mark(arena);
    double *room = MKT_NEW(arena, double, (size_t)4 * PLACES_MAX);
    if (!room) return mkt_arena_full(arena, err);
    struct walk a = {room, room + PLACES_MAX, 1};
    struct walk b = {room + (size_t)2 * PLACES_MAX, room + (size_t)3 * PLACES_MAX, 0};
    a.place[0] = 0; /* before the first look the walk stands at zero */
    a.mass[0] = 1;
    double before = 0, so_far = 0;
    for (size_t k = 0; k < looks; k++) {
        double t = information[k], sd = sqrt(t - before);
        double total = spent(t, alpha, spending);
        double edge = find_edge(&a, sd, t, total - so_far);
        bound[k] = edge / sqrt(t);
        if (isfinite(edge)) so_far = total;
        if (k + 1 == looks) break;
        double reach = fmin(edge, FAR * sqrt(t));
        go_on(&a, sd, reach, sqrt(information[k + 1] - t), &b);
        struct walk swap = a;
        a = b;
        b = swap;
        before = t;
    }
    mkt_arena_release(arena, mark);
    return MKT_OK;
}
