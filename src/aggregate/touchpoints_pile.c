#include "aggregate/touchpoints.h"

#include <assert.h>
#include <string.h>

/* Without branches: which of two rows comes first cannot be foretold. */
static inline bool before(const struct mkt_touchpoints_row *a, const struct mkt_touchpoints_row *b)
{
    int value = a->value < b->value;
    int what = (a->what < b->what) | ((a->what == b->what) & value);
    return (a->user < b->user) | ((a->user == b->user) & what);
}

#define MKT_PILES_SORT_APART
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

/* ---- a pile in order ---------------------------------------------------------------------------- */

/* Rows to their buckets, with the new numbers of their channels. */
static void deal(const struct mkt_touchpoints_row *row, size_t rows, const uint32_t *map, int bits,
                 size_t *start, struct mkt_touchpoints_row *out)
{
    for (size_t i = 0; i < rows; i++) {
        struct mkt_touchpoints_row r = row[i];
        uint64_t channel = r.what >> 2 & MKT_TOUCHPOINTS_NO_CHANNEL;
        if (channel != MKT_TOUCHPOINTS_NO_CHANNEL) r.what ^= (channel ^ map[channel]) << 2;
        out[start[mkt_piles_sort_bucket_of(&r, bits)]++] = r;
    }
}

static const struct mkt_touchpoints_row *rows_of(const struct mkt_piles_chunk *chunk)
{
    return (const struct mkt_touchpoints_row *)(const void *)chunk->row;
}

mkt_status mkt_touchpoints_order(struct mkt_touchpoints *const *part, size_t parts, size_t pile,
                                 uint32_t *const *map, struct mkt_touchpoints_row *room,
                                 size_t *start, struct mkt_touchpoints_row *out,
                                 struct mkt_err *err)
{
    _Alignas(16) char block[MKT_PILES_BLOCK(sizeof *out)];
    const struct mkt_piles_chunk *c;
    size_t rows = 0, stored = 0, n;
    for (size_t i = 0; i < parts; i++) rows += part[i]->piles.pile[pile].rows;
    int bits = mkt_piles_sort_bits(rows);
    memset(start, 0, (((size_t)1 << bits) + 1) * sizeof *start);
    for (size_t i = 0; i < parts; i++) {
        const struct mkt_piles *p = &part[i]->piles;
        for (c = mkt_piles_first(p, pile, &n); c; c = mkt_piles_next(c, &n))
            mkt_piles_sort_count(rows_of(c), n, bits, start);
        MKT_TRY(mkt_piles_gather_stored(p, pile, block, room + stored, &n, err));
        mkt_piles_sort_count(room + stored, n, bits, start);
        stored += n;
    }
    mkt_piles_sort_add_up(bits, start);
    stored = 0;
    for (size_t i = 0; i < parts; i++) {
        const struct mkt_piles *p = &part[i]->piles;
        size_t held = 0;
        for (c = mkt_piles_first(p, pile, &n); c; c = mkt_piles_next(c, &n)) {
            deal(rows_of(c), n, map[i], bits, start, out);
            held += n;
        }
        n = p->pile[pile].rows - held;
        deal(room + stored, n, map[i], bits, start, out);
        stored += n;
    }
    mkt_piles_sort_buckets(out, start, bits, 0, room);
    return MKT_OK;
}
