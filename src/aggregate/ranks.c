#include "aggregate/ranks.h"

#include <math.h>

double mkt_ranks_share_se(const struct mkt_ranks_sums *s, double q)
{
    double n = (double)s->units;
    if (s->d == n || n < 2) return sqrt(q * (1 - q) / s->d);
    double share = s->b / s->d, mean = s->d / n;
    /* of b - share d, whose sum is zero */
    double squares = s->bb - 2 * share * s->bd + share * share * s->dd;
    return sqrt(fmax(squares, 0) / (n - 1) / n) / mean;
}

static int64_t rank_of(double share, int64_t n)
{
    double rank = ceil(share * (double)n);
    return !(rank > 1) ? 1 : rank < (double)n ? (int64_t)rank : n;
}

struct mkt_ranks_places mkt_ranks_places_of(int64_t n, double q, double share_se)
{
    double reach = MKT_RANKS_REACH * share_se;
    return (struct mkt_ranks_places){rank_of(q - reach, n), rank_of(q, n), rank_of(q + reach, n)};
}
