#include "aggregate/unit_values.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define RANGES_BITS 16
#define RANGES ((size_t)1 << RANGES_BITS)

void mkt_unit_values_init(struct mkt_unit_values *v, struct mkt_arena *arena, size_t limit,
                          const char *temp)
{
    mkt_piles_init(&v->piles, arena, sizeof(int64_t), limit, temp);
    for (size_t g = 0; g < MKT_UNIT_VALUES_GROUPS; g++) {
        v->least[g] = INT64_MAX;
        v->most[g] = INT64_MIN;
    }
}

void mkt_unit_values_close(struct mkt_unit_values *v)
{
    mkt_piles_close(&v->piles);
}

mkt_status mkt_unit_values_add(struct mkt_unit_values *v, size_t group, int64_t value,
                               struct mkt_err *err)
{
    if (value < v->least[group]) v->least[group] = value;
    if (value > v->most[group]) v->most[group] = value;
    return mkt_piles_add(&v->piles, (uint64_t)group << 56, &value, err);
}

int64_t mkt_unit_values_count(struct mkt_unit_values *const *part, size_t parts, size_t group)
{
    int64_t n = 0;
    for (size_t i = 0; i < parts; i++) n += (int64_t)mkt_piles_rows(&part[i]->piles, group);
    return n;
}

/* Counts values from low to high by (value - low) >> shift. */
static mkt_status count(struct mkt_unit_values *const *part, size_t parts, size_t group,
                        int64_t low, int64_t high, int shift, void *block, int64_t *counts,
                        struct mkt_err *err)
{
    memset(counts, 0, RANGES * sizeof *counts);
    for (size_t i = 0; i < parts; i++) {
        struct mkt_piles_walk walk;
        const struct mkt_piles_chunk *chunk;
        size_t rows;
        mkt_piles_walk_begin(&walk, &part[i]->piles, group, block);
        for (;;) {
            MKT_TRY(mkt_piles_walk_next(&walk, &chunk, &rows, err));
            if (!chunk) break;
            const int64_t *value = (const void *)chunk->row;
            for (size_t k = 0; k < rows; k++)
                if (value[k] >= low && value[k] <= high)
                    counts[((uint64_t)value[k] - (uint64_t)low) >> shift]++;
        }
    }
    return MKT_OK;
}

mkt_status mkt_unit_values_at(struct mkt_arena *arena, struct mkt_unit_values *const *part,
                              size_t parts, size_t group, int64_t rank, int64_t *out,
                              struct mkt_err *err)
{
    size_t mark = mkt_arena_mark(arena);
    int64_t *counts = MKT_NEW(arena, int64_t, RANGES);
    void *block = mkt_arena_alloc(arena, 1, MKT_PILES_BLOCK(sizeof(int64_t)));
    if (!counts || !block) return mkt_arena_full(arena, err);
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (size_t i = 0; i < parts; i++) {
        if (part[i]->least[group] < low) low = part[i]->least[group];
        if (part[i]->most[group] > high) high = part[i]->most[group];
    }
    while (low < high) {
        uint64_t width = (uint64_t)high - (uint64_t)low;
        int shift = 0;
        while (width >> shift >= RANGES) shift++;
        MKT_TRY(count(part, parts, group, low, high, shift, block, counts, err));
        size_t at = 0;
        for (; rank > counts[at]; at++) rank -= counts[at];
        uint64_t from = (uint64_t)at << shift, to = from + (((uint64_t)1 << shift) - 1);
        high = (int64_t)((uint64_t)low + (to < width ? to : width));
        low = (int64_t)((uint64_t)low + from);
    }
    *out = low;
    mkt_arena_release(arena, mark);
    return MKT_OK;
}

int64_t mkt_unit_values_rank(int64_t n, double q)
{
    char text[40];
    __extension__ __int128 digits = 0, scale = 1;
    bool behind = false, plain = true;
    snprintf(text, sizeof text, "%.15g", q);
    for (const char *s = text; *s; s++) {
        if (*s == '.') {
            behind = true;
            continue;
        }
        plain = plain && *s >= '0' && *s <= '9';
        digits = 10 * digits + (*s - '0');
        if (behind) scale *= 10;
    }
    int64_t rank = plain ? (int64_t)((digits * n + scale - 1) / scale)
                         : (int64_t)((double)n - floor((double)n - (double)n * q));
    return rank > 1 ? rank < n ? rank : n : 1;
}
