#include "model/removals_group.h"

#define HALF 4 /* paths whose sums are added up together */

typedef mkt_removals_number number;
typedef mkt_removals_quad quad;

#define INLINE static inline __attribute__((always_inline))

#define LANES 4
#define NAME(x) x##_of_4
#include "model/removals_lanes.h"
#define LANES 8
#define NAME(x) x##_of_8
#include "model/removals_lanes.h"

#define OF(x) (*(const quad *)((x) + first))

/* Adds to the cells of half of the paths, each in a row and a column of its own.   x  [3] the numbers */
INLINE void add_cells(quad *const *row, const uint32_t *column, const quad *x)
{
    const quad none = {0}; /* the numbers of a path side by side, as a cell has them */
    quad even =
        __builtin_shufflevector(x[MKT_REMOVALS_SLOPE], x[MKT_REMOVALS_LOST_SCORE], 0, 4, 2, 6);
    quad odd =
        __builtin_shufflevector(x[MKT_REMOVALS_SLOPE], x[MKT_REMOVALS_LOST_SCORE], 1, 5, 3, 7);
    quad even_rest = __builtin_shufflevector(x[MKT_REMOVALS_SQUARES], none, 0, 4, 2, 6);
    quad odd_rest = __builtin_shufflevector(x[MKT_REMOVALS_SQUARES], none, 1, 5, 3, 7);
    row[0][column[0]] += __builtin_shufflevector(even, even_rest, 0, 1, 4, 5);
    row[1][column[1]] += __builtin_shufflevector(odd, odd_rest, 0, 1, 4, 5);
    row[2][column[2]] += __builtin_shufflevector(even, even_rest, 2, 3, 6, 7);
    row[3][column[3]] += __builtin_shufflevector(odd, odd_rest, 2, 3, 6, 7);
}

/* Adds what the columns of stages come to by each removal, and by each other. */
INLINE void add_stages(size_t K, const struct mkt_removals_group *group, size_t n, size_t j,
                       const struct mkt_removals_room *k, size_t first,
                       struct mkt_removals_share *out)
{
    const struct mkt_removals_stretch *s = group->stretch;
    const quad converted = OF(group->converted) * OF(group->weight);
    const quad nulls = OF(group->nulls) * OF(group->weight), journeys = converted + nulls;
    const quad own = OF(k->score[j]), with = converted * (1 + own), without = nulls * own;
    quad *row[HALF];
    for (size_t i = 0; i <= n; i++) {
        size_t removal = i < n ? i + 1 : 0;
        const quad score = OF(k->score[i]);
        for (size_t p = 0; p < HALF; p++)
            row[p] = out->cell + (i < n ? s[i].channel[first + p] : K) * (K + 2);
        const double *slope = i == n   ? k->bare[j]
                              : i == j ? k->whole[removal]
                                       : k->lane[j * (n + 1) + removal].slope;
        const quad x[] = {journeys * OF(slope), OF(k->lost[removal]) * (converted + journeys * own),
                          with * (1 + score) + without * score};
        add_cells(row, s[j].stage + first, x);
    }
    for (size_t i = 0; i <= j; i++) {
        const quad score = OF(k->score[i]);
        for (size_t p = 0; p < HALF; p++) row[p] = out->cell + s[i].stage[first + p] * (K + 2);
        const quad x[] = {{0}, {0}, with * (1 + score) + without * score};
        add_cells(row, s[j].stage + first, x);
    }
}

/* Adds what half of a group comes to. */
INLINE void add_up(size_t K, const struct mkt_removals_group *group, size_t n,
                   struct mkt_removals_room *k, size_t first, struct mkt_removals_share *out)
{
    const struct mkt_removals_stretch *s = group->stretch;
    const quad all = OF(group->converted) + OF(group->nulls);
    const quad converted = OF(group->converted) * OF(group->weight);
    const quad nulls = OF(group->nulls) * OF(group->weight), journeys = converted + nulls;
    quad sum = {0};
    uint32_t last[HALF] = {(uint32_t)K, (uint32_t)K, (uint32_t)K, (uint32_t)K};
    for (size_t r = n; r-- > 0;)
        *(quad *)(k->score[r] + first) = sum -= OF(s[r].touches) * OF(k->h[r]);
    *(quad *)(k->score[n] + first) = sum;
    for (size_t i = 0; i <= n; i++) {
        size_t removal = i < n ? i + 1 : 0;
        quad lost = OF(k->lost[removal]), square = journeys * lost * lost;
        quad with = converted * (1 + OF(k->score[i])), without = nulls * OF(k->score[i]);
        quad *row[HALF];
        for (size_t p = 0; p < HALF; p++) {
            size_t place = i < n ? s[i].channel[first + p] : K;
            row[p] = out->cell + place * (K + 2);
            out->lost[place] += all[p] * lost[p];
            out->lost_squared[place] += square[p];
        }
        for (size_t j = 0; j <= n; j++) {
            quad score = OF(k->score[j]);
            const double *slope = j < n ? k->lane[j * (n + 1) + removal].slope : k->whole[removal];
            quad squares = {0};
            if (j >= i) squares = with * (1 + score) + without * score;
            const quad x[] = {journeys * OF(slope), lost * (converted + journeys * score), squares};
            add_cells(row, j < n ? s[j].channel + first : last, x);
        }
    }
    for (size_t j = 0; j < n; j++)
        if (s[j].staged) add_stages(K, group, n, j, k, first, out);
}

/* The conversions alone. */
INLINE void add_lost(size_t K, const struct mkt_removals_group *group, size_t n,
                     const struct mkt_removals_room *k, struct mkt_removals_share *out)
{
    for (size_t i = 0; i <= n; i++)
        for (size_t p = 0; p < MKT_REMOVALS_SIDE; p++)
            out->lost[i < n ? group->stretch[i].channel[p] : K] +=
                (group->converted[p] + group->nulls[p]) * k->lost[i < n ? i + 1 : 0][p];
}

INLINE void by_halves(size_t K, struct mkt_removals_group *group, size_t n, bool chosen,
                      struct mkt_removals_room *k, struct mkt_removals_share *out)
{
    for (size_t first = 0; first < MKT_REMOVALS_SIDE; first += HALF) {
        go_forward_of_4(group->stretch, n, k, first);
        if (!chosen) continue;
        go_back_of_4(group->stretch, n, k, first);
        add_up(K, group, n, k, first, out);
    }
    if (!chosen) add_lost(K, group, n, k, out);
}

INLINE void at_once(size_t K, struct mkt_removals_group *group, size_t n, bool chosen,
                    struct mkt_removals_room *k, struct mkt_removals_share *out)
{
    go_forward_of_8(group->stretch, n, k, 0);
    if (!chosen) {
        add_lost(K, group, n, k, out);
        return;
    }
    go_back_of_8(group->stretch, n, k, 0);
    for (size_t first = 0; first < MKT_REMOVALS_SIDE; first += HALF)
        add_up(K, group, n, k, first, out);
}

static void work_out_plain(size_t K, struct mkt_removals_group *group, size_t n, bool chosen,
                           struct mkt_removals_room *k, struct mkt_removals_share *out)
{
    by_halves(K, group, n, chosen, k, out);
}

/* The same operations on each number, in as many instructions less: the same bits, sooner. */
#ifdef __x86_64__
__attribute__((target("avx2"))) static void work_out_wide(size_t K,
                                                          struct mkt_removals_group *group,
                                                          size_t n, bool chosen,
                                                          struct mkt_removals_room *k,
                                                          struct mkt_removals_share *out)
{
    by_halves(K, group, n, chosen, k, out);
}

__attribute__((target("avx512f,avx512dq,avx512vl"))) static void work_out_widest(
    size_t K, struct mkt_removals_group *group, size_t n, bool chosen, struct mkt_removals_room *k,
    struct mkt_removals_share *out)
{
    at_once(K, group, n, chosen, k, out);
}

mkt_removals_group_fn *mkt_removals_group_fastest(void)
{
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return work_out_widest;
    return __builtin_cpu_supports("avx2") ? work_out_wide : work_out_plain;
}
#else
mkt_removals_group_fn *mkt_removals_group_fastest(void)
{
    return work_out_plain;
}
#endif
