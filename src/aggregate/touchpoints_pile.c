#include "aggregate/touchpoints.h"

#include <string.h>

__extension__ typedef unsigned __int128 wide;

static inline wide key(const struct mkt_touchpoints_row *row)
{
    return (wide)row->user << 64 | row->what;
}

static inline bool before(const struct mkt_touchpoints_row *a, const struct mkt_touchpoints_row *b)
{
    return key(a) < key(b) || (key(a) == key(b) && a->value < b->value);
}

#define MKT_PILES_SORT_ROW struct mkt_touchpoints_row
#define MKT_PILES_SORT_HASH user
#define MKT_PILES_SORT_BEFORE(a, b, how) before(a, b)
#define MKT_PILES_SORT_ROUGH(a, b) (key(a) < key(b))
#include "aggregate/piles_sort.h"

void mkt_touchpoints_init(struct mkt_touchpoints *j, struct mkt_arena *arena, size_t limit,
                          const char *temp)
{
    *j = (struct mkt_touchpoints){0};
    mkt_piles_init(&j->bare, arena, sizeof(struct mkt_touchpoints_bare), limit, temp);
    mkt_piles_init(&j->valued, arena, sizeof(struct mkt_touchpoints_row), limit, temp);
    mkt_names_init(&j->channel, arena);
}

void mkt_touchpoints_close(struct mkt_touchpoints *j)
{
    mkt_piles_close(&j->bare);
    mkt_piles_close(&j->valued);
}

static void note_time(struct mkt_touchpoints *j, int64_t time)
{
    uint64_t month = (uint64_t)time / (86400 * MKT_CLOCKS_DAYS);
    mkt_clocks_add(&j->month[month < MKT_TOUCHPOINTS_MONTHS ? month : MKT_TOUCHPOINTS_MONTHS - 1],
                   time);
}

mkt_status mkt_touchpoints_add(struct mkt_touchpoints *j, const struct mkt_touchpoints_row *row,
                               size_t rows, struct mkt_err *err)
{
    for (size_t i = 0; i < rows; i++) {
        void *room;
        note_time(j, mkt_touchpoints_time(row[i].what));
        if (row[i].value) {
            MKT_TRY(mkt_piles_room(&j->valued, row[i].user, sizeof *row, j->bare.held, &room, err));
            *(struct mkt_touchpoints_row *)room = row[i];
        } else {
            struct mkt_touchpoints_bare bare = {row[i].user, row[i].what};
            MKT_TRY(mkt_piles_room(&j->bare, bare.user, sizeof bare, j->valued.held, &room, err));
            *(struct mkt_touchpoints_bare *)room = bare;
        }
    }
    return MKT_OK;
}

int64_t mkt_touchpoints_span(struct mkt_touchpoints *const *part, size_t parts, int64_t *first,
                             int64_t *last)
{
    struct mkt_clocks_bin all[MKT_TOUCHPOINTS_MONTHS] = {0};
    for (size_t i = 0; i < parts; i++) mkt_clocks_join(all, part[i]->month, MKT_TOUCHPOINTS_MONTHS);
    return mkt_clocks_range(all, MKT_TOUCHPOINTS_MONTHS, first, last);
}

/* ---- a pile in order ---------------------------------------------------------------------------- */

/* Rows of one kind of pile, `size` bytes apart: the user, what happened, and the value where there is
 * one. */
static inline uint64_t part_of(const char *row, size_t which)
{
    uint64_t x;
    memcpy(&x, row + which * sizeof x, sizeof x);
    return x;
}

static void count(const char *row, size_t size, size_t rows, int bits, uint32_t *start)
{
    for (size_t i = 0; i < rows; i++)
        start[mkt_piles_sort_place(part_of(row + i * size, 0), bits) + 1]++;
}

/* To their buckets, with the new numbers of their channels. */
static void deal(const char *row, size_t size, size_t rows, const uint32_t *map, int bits,
                 uint32_t *start, struct mkt_touchpoints_row *out)
{
    bool valued = size == sizeof *out;
    for (size_t i = 0; i < rows; i++, row += size) {
        uint64_t user = part_of(row, 0), what = part_of(row, 1);
        uint64_t channel = what >> 2 & MKT_TOUCHPOINTS_NONE;
        if (channel != MKT_TOUCHPOINTS_NONE) what ^= (channel ^ map[channel]) << 2;
        out[start[mkt_piles_sort_place(user, bits)]++] =
            (struct mkt_touchpoints_row){user, what, valued ? (mkt_micro)part_of(row, 2) : 0};
    }
}

/* Those of a pile; what is in its file comes to *room, which moves on. */
static mkt_status count_pile(const struct mkt_piles *p, size_t pile, int bits, void *block,
                             char **room, uint32_t *start, struct mkt_err *err)
{
    const struct mkt_piles_chunk *c;
    size_t n;
    for (c = mkt_piles_first(p, pile, &n); c; c = mkt_piles_next(c, &n))
        count(c->row, p->size, n, bits, start);
    MKT_TRY(mkt_piles_gather_stored(p, pile, block, *room, &n, err));
    count(*room, p->size, n, bits, start);
    *room += n * p->size;
    return MKT_OK;
}

static void deal_pile(const struct mkt_piles *p, size_t pile, const uint32_t *map, int bits,
                      const char **room, uint32_t *start, struct mkt_touchpoints_row *out)
{
    const struct mkt_piles_chunk *c;
    size_t n, held = 0;
    for (c = mkt_piles_first(p, pile, &n); c; c = mkt_piles_next(c, &n)) {
        deal(c->row, p->size, n, map, bits, start, out);
        held += n;
    }
    n = mkt_piles_rows(p, pile) - held;
    deal(*room, p->size, n, map, bits, start, out);
    *room += n * p->size;
}

mkt_status mkt_touchpoints_order(struct mkt_touchpoints *const *part, size_t parts, size_t pile,
                                 uint32_t *const *map, struct mkt_touchpoints_row *room,
                                 uint32_t *start, struct mkt_touchpoints_row *out,
                                 struct mkt_err *err)
{
    _Alignas(16) char block[MKT_PILES_BLOCK(sizeof *out)];
    char *stored = (char *)room;
    const char *from = stored;
    size_t rows = 0;
    for (size_t i = 0; i < parts; i++) rows += mkt_touchpoints_rows_in(part[i], pile);
    int bits = mkt_piles_sort_bits(rows);
    memset(start, 0, (((size_t)1 << bits) + 1) * sizeof *start);
    for (size_t i = 0; i < parts; i++) {
        MKT_TRY(count_pile(&part[i]->bare, pile, bits, block, &stored, start, err));
        MKT_TRY(count_pile(&part[i]->valued, pile, bits, block, &stored, start, err));
    }
    mkt_piles_sort_add_up(bits, start);
    for (size_t i = 0; i < parts; i++) {
        deal_pile(&part[i]->bare, pile, map[i], bits, &from, start, out);
        deal_pile(&part[i]->valued, pile, map[i], bits, &from, start, out);
    }
    mkt_piles_sort_buckets(out, start, bits, 0, room);
    return MKT_OK;
}
