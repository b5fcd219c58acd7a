#include "model/markov.h"

#include <math.h>

#include "num/dense.h"
#include "num/inverse.h"

mkt_status mkt_markov_room_init(struct mkt_markov_room *room, struct mkt_arena *arena,
                                size_t channels, struct mkt_markov *out, struct mkt_err *err)
{
    *room = (struct mkt_markov_room){
        channels, MKT_NEW(arena, double, channels *channels), MKT_NEW(arena, double, 6 * channels),
        MKT_NEW(arena, size_t, channels), MKT_NEW(arena, double, channels)};
    *out = (struct mkt_markov){.channels = channels,
                               .removal = MKT_NEW(arena, double, channels),
                               .removal_value = MKT_NEW(arena, double, channels),
                               .credit = MKT_NEW(arena, double, channels)};
    if (!room->inverse || !room->vector || !room->active || !room->credit_value || !out->removal ||
        !out->removal_value || !out->credit)
        return mkt_arena_full(arena, err);
    return MKT_OK;
}

/* What of the sums counts: conversions alone, or together with what did not convert. */
struct counts {
    size_t K;
    const double *follow, *null_follow, *end, *value, *null_end;
};

static struct counts counts_of(const struct mkt_credits *c, const double *row, bool nulls)
{
    return (struct counts){.K = c->channels,
                           .follow = mkt_credits_follow(c, row, false),
                           .null_follow = nulls ? mkt_credits_follow(c, row, true) : NULL,
                           .end = mkt_credits_end(c, row, 0),
                           .value = mkt_credits_end(c, row, 1),
                           .null_end = nulls ? mkt_credits_end(c, row, 2) : NULL};
}

/* Journeys that went from place i (0: the start) to channel j. */
static double went(const struct counts *n, size_t i, size_t j)
{
    return n->follow[i * n->K + j] + (n->null_follow ? n->null_follow[i * n->K + j] : 0);
}

/* Journeys that left place i, for a channel other than `but`, or for an end. */
static double left(const struct counts *n, size_t i, size_t but)
{
    double sum = 0;
    for (size_t j = 0; j < n->K; j++)
        if (j != but) sum += went(n, i, j);
    if (i) sum += n->end[i - 1] + (n->null_end ? n->null_end[i - 1] : 0);
    return sum;
}

/* Shares `total` by weight. */
static void share_out(double total, const double *weight, size_t n, double *out)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += weight[k];
    for (size_t k = 0; k < n; k++) out[k] = total * weight[k] / sum;
}

static bool worth_sharing(const struct counts *n)
{
    bool some = false;
    for (size_t k = 0; k < n->K; k++) {
        if (n->value[k] < 0) return false;
        some = some || n->value[k] > 0;
    }
    return some;
}

bool mkt_markov_fit(struct mkt_markov_room *room, const struct mkt_credits *credits,
                    const double *row, bool nulls, struct mkt_markov *out)
{
    const struct counts n = counts_of(credits, row, nulls);
    const double *total = row + credits->at_total;
    size_t K = n.K, m = 0;
    double *start = room->vector, *convert = start + K, *worth = convert + K;
    double *from_start = worth + K, *c = from_start + K, *v = c + K;
    for (size_t k = 0; k < K; k++) {
        out->removal[k] = out->removal_value[k] = out->credit[k] = 0;
        if (left(&n, k + 1, k) > 0) room->active[m++] = k;
    }
    double starts = left(&n, 0, K);
    if (!(total[0] > 0) || !(starts > 0)) return false;
    for (size_t i = 0; i < m; i++) {
        size_t a = room->active[i];
        double leaving = left(&n, a + 1, a);
        start[i] = went(&n, 0, a) / starts;
        convert[i] = n.end[a] / leaving;
        worth[i] = n.value[a] / leaving;
        for (size_t j = 0; j < m; j++)
            room->inverse[i * m + j] = i == j ? 1 : -went(&n, a + 1, room->active[j]) / leaving;
        from_start[i] = 0;
    }
    if (!mkt_inverse_make(room->inverse, m)) return false;
    for (size_t i = 0; i < m; i++) {
        c[i] = mkt_dense_dot(room->inverse + i * m, convert, m);
        v[i] = mkt_dense_dot(room->inverse + i * m, worth, m);
        mkt_dense_add(start[i], room->inverse + i * m, from_start, m);
    }
    double conversion = mkt_dense_dot(start, c, m), value = mkt_dense_dot(start, v, m);
    if (!isfinite(conversion) || !(conversion > 0)) return false;
    out->conversion = conversion;
    bool shared = worth_sharing(&n) && value > 0;
    for (size_t i = 0; i < m; i++) {
        double hit = from_start[i] / room->inverse[i * m + i];
        out->removal[room->active[i]] = hit * c[i] / conversion;
        if (shared) out->removal_value[room->active[i]] = hit * v[i] / value;
    }
    share_out(total[0], out->removal, K, out->credit);
    out->credit_value = shared ? room->credit_value : NULL;
    if (shared) share_out(total[1], out->removal_value, K, out->credit_value);
    return true;
}

void mkt_markov_transitions(const struct mkt_credits *credits, const double *row, bool nulls,
                            double *out)
{
    const struct counts n = counts_of(credits, row, nulls);
    for (size_t i = 0; i <= n.K; i++, out += n.K + 2) {
        double all = left(&n, i, n.K);
        for (size_t j = 0; j < n.K; j++) out[j] = all > 0 ? went(&n, i, j) / all : 0;
        out[n.K] = all > 0 && i ? n.end[i - 1] / all : 0;
        out[n.K + 1] = all > 0 && i && n.null_end ? n.null_end[i - 1] / all : 0;
    }
}
