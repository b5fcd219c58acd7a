#include "model/multiplicity.h"

#include <stdlib.h>

struct ranked {
    double p;
    size_t place;
};

static int by_p(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->p != y->p) return x->p < y->p ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

static struct ranked *rank(struct mkt_arena *arena, const double *p, size_t n)
{
    struct ranked *r = MKT_NEW(arena, struct ranked, n);
    if (!r) return NULL;
    for (size_t i = 0; i < n; i++) r[i] = (struct ranked){p[i], i};
    qsort(r, n, sizeof *r, by_p);
    return r;
}

mkt_status mkt_multiplicity_holm(struct mkt_arena *arena, const double *p, size_t n, double *out,
                                 struct mkt_err *err)
{
    if (n == 0) return MKT_OK;
    size_t mark = mkt_arena_mark(arena);
    struct ranked *r = rank(arena, p, n);
    if (!r) return mkt_arena_full(arena, err);
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double adjusted = r[i].p * (double)(n - i);
        if (adjusted > most) most = adjusted;
        out[r[i].place] = most < 1 ? most : 1;
    }
    mkt_arena_release(arena, mark);
    return MKT_OK;
}

mkt_status mkt_multiplicity_bh(struct mkt_arena *arena, const double *p, size_t n, double *out,
                               struct mkt_err *err)
{
    if (n == 0) return MKT_OK;
    size_t mark = mkt_arena_mark(arena);
    struct ranked *r = rank(arena, p, n);
    if (!r) return mkt_arena_full(arena, err);
    double least = 1;
    for (size_t i = n; i-- > 0;) {
        double adjusted = r[i].p * ((double)n / (double)(i + 1));
        if (adjusted < least) least = adjusted;
        out[r[i].place] = least;
    }
    mkt_arena_release(arena, mark);
    return MKT_OK;
}
