#include "model/auc.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "aggregate/names.h"

static bool is_free(const struct mkt_auc_ending *e)
{
    return e->converted + e->nulls == 0;
}

static uint64_t bits_of(double score)
{
    uint64_t bits;
    memcpy(&bits, &score, sizeof bits);
    return bits;
}

static struct mkt_auc_ending *slot_of(const struct mkt_auc *auc, double score)
{
    uint64_t bits = bits_of(score);
    size_t mask = auc->slots - 1, i = (size_t)mkt_names_mix(bits) & mask;
    while (!is_free(&auc->slot[i]) && bits_of(auc->slot[i].score) != bits) i = (i + 1) & mask;
    return &auc->slot[i];
}

mkt_status mkt_auc_add(struct mkt_auc *auc, struct mkt_arena *arena,
                       const struct mkt_auc_ending *ending, struct mkt_err *err)
{
    if (2 * (auc->used + 1) > auc->slots) {
        const struct mkt_auc old = *auc;
        struct mkt_auc_ending *slot =
            MKT_NEW(arena, struct mkt_auc_ending, old.slots ? 4 * old.slots : 64);
        if (!slot) return mkt_arena_full(arena, err);
        auc->slot = slot;
        auc->slots = old.slots ? 4 * old.slots : 64;
        for (size_t i = 0; i < old.slots; i++)
            if (!is_free(&old.slot[i])) *slot_of(auc, old.slot[i].score) = old.slot[i];
    }
    struct mkt_auc_ending *slot = slot_of(auc, ending->score);
    auc->used += is_free(slot);
    slot->score = ending->score;
    slot->converted += ending->converted;
    slot->nulls += ending->nulls;
    return MKT_OK;
}

mkt_status mkt_auc_merge(struct mkt_auc *auc, struct mkt_arena *arena, const struct mkt_auc *from,
                         struct mkt_err *err)
{
    for (size_t i = 0; i < from->slots; i++)
        if (!is_free(&from->slot[i])) MKT_TRY(mkt_auc_add(auc, arena, &from->slot[i], err));
    return MKT_OK;
}

static int by_score(const void *a, const void *b)
{
    const struct mkt_auc_ending *x = a, *y = b;
    return (x->score > y->score) - (x->score < y->score);
}

double mkt_auc_area(struct mkt_auc *auc)
{
    double converted = 0, nulls = 0, won = 0;
    size_t n = 0;
    for (size_t i = 0; i < auc->slots; i++)
        if (!is_free(&auc->slot[i])) auc->slot[n++] = auc->slot[i];
    if (n) qsort(auc->slot, n, sizeof *auc->slot, by_score);
    for (size_t i = 0; i < n; i++) {
        const struct mkt_auc_ending *e = &auc->slot[i];
        won += (double)e->converted * (nulls + (double)e->nulls / 2);
        converted += (double)e->converted;
        nulls += (double)e->nulls;
    }
    return converted > 0 && nulls > 0 ? won / converted / nulls : NAN;
}
