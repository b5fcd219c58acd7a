#include "aggregate/touchpoints.h"

#include <assert.h>
#include <string.h>

static bool before(const struct mkt_touchpoints_row *a, const struct mkt_touchpoints_row *b)
{
    if (a->user != b->user) return a->user < b->user;
    if (a->what != b->what) return a->what < b->what;
    return a->value < b->value;
}

#define MKT_PILES_SORT_ROW struct mkt_touchpoints_row
#define MKT_PILES_SORT_HASH user
#define MKT_PILES_SORT_BEFORE(a, b, how) before(a, b)
#include "aggregate/piles_sort.h"

void mkt_touchpoints_init(struct mkt_touchpoints *j, struct mkt_arena *arena, size_t limit,
                          const char *temp)
{
    *j = (struct mkt_touchpoints){.first = 0, .last = -1};
    mkt_piles_init(&j->piles, arena, sizeof(struct mkt_touchpoints_row), limit, temp);
    mkt_names_init(&j->channel, arena);
}

void mkt_touchpoints_close(struct mkt_touchpoints *j)
{
    mkt_piles_close(&j->piles);
}

static struct mkt_touchpoints_row pack(const struct mkt_touchpoint *t)
{
    assert(t->time >= 0 && t->time < INT64_C(1) << 38 && t->view <= 3);
    uint64_t channel = t->channel & MKT_TOUCHPOINTS_NO_CHANNEL;
    return (struct mkt_touchpoints_row){
        t->user,
        (uint64_t)t->time << 26 | (uint64_t)(t->conversion != 0) << 25 | channel << 2 | t->view,
        t->value};
}

mkt_status mkt_touchpoints_add(struct mkt_touchpoints *j, const struct mkt_touchpoint *row,
                               size_t rows, struct mkt_err *err)
{
    int64_t first = j->first <= j->last ? j->first : INT64_MAX;
    int64_t last = j->first <= j->last ? j->last : INT64_MIN;
    for (size_t i = 0; i < rows; i++) {
        if (row[i].channel != MKT_TOUCHPOINTS_NONE && row[i].channel >= MKT_TOUCHPOINTS_NO_CHANNEL)
            return mkt_err_set(err, MKT_E_LIMIT, "there are more than %u channels",
                               MKT_TOUCHPOINTS_NO_CHANNEL);
        void *room;
        MKT_TRY(
            mkt_piles_room(&j->piles, row[i].user, sizeof(struct mkt_touchpoints_row), &room, err));
        *(struct mkt_touchpoints_row *)room = pack(&row[i]);
        if (row[i].time < first) first = row[i].time;
        if (row[i].time > last) last = row[i].time;
        j->first = first;
        j->last = last;
    }
    return MKT_OK;
}

mkt_status mkt_touchpoints_gather(const struct mkt_touchpoints *j, size_t pile, const uint32_t *map,
                                  struct mkt_touchpoints_row *out, struct mkt_err *err)
{
    const uint64_t mask = (uint64_t)MKT_TOUCHPOINTS_NO_CHANNEL << 2;
    _Alignas(16) char block[MKT_PILES_BLOCK(sizeof *out)];
    MKT_TRY(mkt_piles_gather(&j->piles, pile, block, out, err));
    for (size_t i = 0; i < j->piles.pile[pile].rows; i++) {
        uint64_t channel = (out[i].what & mask) >> 2;
        if (channel != MKT_TOUCHPOINTS_NO_CHANNEL)
            out[i].what = (out[i].what & ~mask) | (uint64_t)map[channel] << 2;
    }
    return MKT_OK;
}

void mkt_touchpoints_sort(struct mkt_touchpoints_row *row, size_t rows, size_t *start,
                          struct mkt_touchpoints_row *out)
{
    mkt_piles_sort_rows(row, rows, 0, start, out);
}
