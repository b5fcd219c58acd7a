#include "model/removals_four.h"

typedef int64_t mask __attribute__((vector_size(MKT_REMOVALS_SIDE * sizeof(double))));

#define INLINE static inline __attribute__((always_inline))

/* What each removal takes away of the conversions of a journey. */
INLINE void go_forward(const struct mkt_removals_stretch *s, size_t n, struct mkt_removals_room *k)
{
    mkt_quad *so_far = k->sum;
    so_far[0] = (mkt_quad){1, 1, 1, 1};
    k->lost[0] = (mkt_quad){0};
    for (size_t r = 0; r < n; r++) {
        mkt_quad h = k->h[r] = 1 / (1 + s[r].against), back = 1 + 1 / s[r].against;
        so_far[r + 1] = (mkt_quad){1, 1, 1, 1};
        k->lost[r + 1] = (mkt_quad){0};
        for (size_t l = 0; l <= r + 1; l++) {
            mkt_quad against = l ? s[r].against * s[l - 1].without : s[r].bare;
            mkt_quad w = so_far[l], without = 1 / (1 + against), ratio = against * without * back;
            mkt_quad sum = w, later = {0};
            w *= ratio;
            for (double i = 1; i < s[r].most; i++) { /* a second touch in a row is rare */
                mask there = s[r].touches > i;
                mkt_quad more = (mkt_quad)((mask)w & there);
                sum += more;
                later += i * more;
                w = (mkt_quad)(((mask)(w * ratio) & there) | ((mask)w & ~there));
            }
            so_far[l] = w;
            k->lost[l] += s[r].touches * h - without * sum;
            k->lane[r * (n + 1) + l] =
                (struct mkt_removals_lane){.h = without, .w = sum, .later = later};
        }
    }
}

/* How that grows with b.
 *
 * With w the product of (1 - h') / (1 - h) so far and T the sum of h' w over later touches, the slope
 * by the score of a touch is h (1 - h) - T h, by that without the removed T h' - w h' (1 - h'). A
 * channel takes part from its first touch on, so it gets the sums from there. */
INLINE void go_back(const struct mkt_removals_stretch *s, size_t n, struct mkt_removals_room *k)
{
    mkt_quad *after = k->sum, *kept = after + n + 1, *both = kept + n + 1;
    for (size_t l = 0; l < 3 * (n + 1); l++) k->sum[l] = (mkt_quad){0};
    for (size_t r = n; r-- > 0;) {
        mkt_quad h = k->h[r], touches = s[r].touches;
        struct mkt_removals_lane *lane = k->lane + r * (n + 1);
        for (size_t l = 0; l <= r + 1; l++) {
            mkt_quad h1 = lane[l].h, w = lane[l].w, later = after[l];
            mkt_quad ahead = touches * later + h1 * lane[l].later;
            mkt_quad by = touches * h * (1 - h) - h * ahead;
            kept[l] += by;
            both[l] += by + h1 * ahead - h1 * (1 - h1) * w;
            after[l] = later + h1 * w;
            lane[l].slope = both[l];
        }
        lane[0].slope = kept[0];
        k->bare[r] = both[0];
        lane[r + 1].slope = kept[r + 1];
        k->whole[r + 1] = both[r + 1]; /* the removal has come to its beginning */
        for (size_t l = r + 2; l <= n; l++) lane[l].slope = k->whole[l];
    }
    k->whole[0] = both[0];
}

/* Adds to the cells of four paths, each in a row and a column of its own.   x  [3] the numbers */
INLINE void add_cells(mkt_quad *const *row, const uint32_t *column, const mkt_quad *x)
{
    const mkt_quad none = {0}; /* the numbers of a path side by side, as a cell has them */
    mkt_quad even =
        __builtin_shufflevector(x[MKT_REMOVALS_SLOPE], x[MKT_REMOVALS_LOST_SCORE], 0, 4, 2, 6);
    mkt_quad odd =
        __builtin_shufflevector(x[MKT_REMOVALS_SLOPE], x[MKT_REMOVALS_LOST_SCORE], 1, 5, 3, 7);
    mkt_quad even_rest = __builtin_shufflevector(x[MKT_REMOVALS_SQUARES], none, 0, 4, 2, 6);
    mkt_quad odd_rest = __builtin_shufflevector(x[MKT_REMOVALS_SQUARES], none, 1, 5, 3, 7);
    row[0][column[0]] += __builtin_shufflevector(even, even_rest, 0, 1, 4, 5);
    row[1][column[1]] += __builtin_shufflevector(odd, odd_rest, 0, 1, 4, 5);
    row[2][column[2]] += __builtin_shufflevector(even, even_rest, 2, 3, 6, 7);
    row[3][column[3]] += __builtin_shufflevector(odd, odd_rest, 2, 3, 6, 7);
}

/* Adds what the columns of stages come to by each removal, and by each other. */
INLINE void add_stages(size_t K, const struct mkt_removals_four *four, size_t n, size_t j,
                       const struct mkt_removals_room *k, struct mkt_removals_share *out)
{
    const struct mkt_removals_stretch *s = four->stretch;
    const mkt_quad converted = four->converted * four->weight, nulls = four->nulls * four->weight;
    const mkt_quad with = converted * (1 + k->score[j]), without = nulls * k->score[j];
    const mkt_quad journeys = converted + nulls;
    mkt_quad *row[MKT_REMOVALS_SIDE];
    for (size_t i = 0; i <= n; i++) {
        size_t removal = i < n ? i + 1 : 0;
        for (size_t p = 0; p < MKT_REMOVALS_SIDE; p++)
            row[p] = out->cell + (i < n ? s[i].channel[p] : K) * (K + 2);
        mkt_quad slope = i == n   ? k->bare[j]
                         : i == j ? k->whole[removal]
                                  : k->lane[j * (n + 1) + removal].slope;
        mkt_quad lost = k->lost[removal];
        const mkt_quad x[] = {journeys * slope, lost * (converted + journeys * k->score[j]),
                              with * (1 + k->score[i]) + without * k->score[i]};
        add_cells(row, s[j].stage, x);
    }
    for (size_t i = 0; i <= j; i++) {
        for (size_t p = 0; p < MKT_REMOVALS_SIDE; p++) row[p] = out->cell + s[i].stage[p] * (K + 2);
        const mkt_quad x[] = {{0}, {0}, with * (1 + k->score[i]) + without * k->score[i]};
        add_cells(row, s[j].stage, x);
    }
}

/* Adds what four paths come to. */
INLINE void add_up(size_t K, const struct mkt_removals_four *four, size_t n,
                   const struct mkt_removals_room *k, struct mkt_removals_share *out)
{
    const struct mkt_removals_stretch *s = four->stretch;
    const mkt_quad all = four->converted + four->nulls, converted = four->converted * four->weight;
    const mkt_quad nulls = four->nulls * four->weight, journeys = converted + nulls;
    mkt_quad sum = {0};
    uint32_t last[MKT_REMOVALS_SIDE] = {(uint32_t)K, (uint32_t)K, (uint32_t)K, (uint32_t)K};
    for (size_t r = n; r-- > 0;) k->score[r] = sum -= s[r].touches * k->h[r];
    k->score[n] = sum;
    for (size_t i = 0; i <= n; i++) {
        size_t removal = i < n ? i + 1 : 0;
        mkt_quad lost = k->lost[removal], square = journeys * lost * lost;
        mkt_quad with = converted * (1 + k->score[i]), without = nulls * k->score[i];
        mkt_quad *row[MKT_REMOVALS_SIDE];
        for (size_t p = 0; p < MKT_REMOVALS_SIDE; p++) {
            size_t place = i < n ? s[i].channel[p] : K;
            row[p] = out->cell + place * (K + 2);
            out->lost[place] += all[p] * lost[p];
            out->lost_squared[place] += square[p];
        }
        for (size_t j = 0; j <= n; j++) {
            mkt_quad score = k->score[j];
            mkt_quad slope =
                journeys * (j < n ? k->lane[j * (n + 1) + removal].slope : k->whole[removal]);
            mkt_quad squares = {0};
            if (j >= i) squares = with * (1 + score) + without * score;
            const mkt_quad x[] = {slope, lost * (converted + journeys * score), squares};
            add_cells(row, j < n ? s[j].channel : last, x);
        }
    }
    for (size_t j = 0; j < n; j++)
        if (s[j].staged) add_stages(K, four, n, j, k, out);
}

/* The conversions alone. */
INLINE void add_lost(size_t K, const struct mkt_removals_four *four, size_t n,
                     const struct mkt_removals_room *k, struct mkt_removals_share *out)
{
    for (size_t i = 0; i <= n; i++) {
        mkt_quad lost = (four->converted + four->nulls) * k->lost[i < n ? i + 1 : 0];
        for (size_t p = 0; p < MKT_REMOVALS_SIDE; p++)
            out->lost[i < n ? four->stretch[i].channel[p] : K] += lost[p];
    }
}

INLINE void work_out(size_t K, struct mkt_removals_four *four, size_t n, bool chosen,
                     struct mkt_removals_room *k, struct mkt_removals_share *out)
{
    go_forward(four->stretch, n, k);
    if (!chosen) {
        add_lost(K, four, n, k, out);
        return;
    }
    go_back(four->stretch, n, k);
    add_up(K, four, n, k, out);
}

static void work_out_plain(size_t K, struct mkt_removals_four *four, size_t n, bool chosen,
                           struct mkt_removals_room *k, struct mkt_removals_share *out)
{
    work_out(K, four, n, chosen, k, out);
}

/* The same operations on each number, in as many instructions less: the same bits, sooner. */
#ifdef __x86_64__
__attribute__((target("avx2"))) static void work_out_wide(size_t K, struct mkt_removals_four *four,
                                                          size_t n, bool chosen,
                                                          struct mkt_removals_room *k,
                                                          struct mkt_removals_share *out)
{
    work_out(K, four, n, chosen, k, out);
}

mkt_removals_four_fn *mkt_removals_four_fastest(void)
{
    return __builtin_cpu_supports("avx2") ? work_out_wide : work_out_plain;
}
#else
mkt_removals_four_fn *mkt_removals_four_fastest(void)
{
    return work_out_plain;
}
#endif
