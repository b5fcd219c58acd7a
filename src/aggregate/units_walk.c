#include <string.h>

#include "aggregate/units.h"
#include "aggregate/units_join.h"

/* The units of one walk over a pile: those whose ids end, behind the pile's bits, in certain bits. */
struct table {
    const struct mkt_units_view *view;
    const struct mkt_units_walk *walk;
    size_t pile, size;
    char *unit; /* [most] */
    size_t units, most;
    uint32_t *slot; /* [slots] 1 + place, probed linearly; 0 is free */
    size_t slots;
    void *block;
    struct mkt_unit *row; /* room for one */
    uint64_t bits;        /* of the id */
    int bits_known;
};

#define BITS_SHIFT 24 /* the bits that part a pile; those above find a slot */
#define SLOT_SHIFT 32

static struct mkt_unit *unit_at(const struct table *t, size_t place)
{
    return (void *)(t->unit + place * t->size);
}

static bool is_wanted(const struct table *t, const struct mkt_unit *row)
{
    return (row->id >> BITS_SHIFT & (((uint64_t)1 << t->bits_known) - 1)) == t->bits;
}

static uint32_t *slot_of(const struct table *t, const struct mkt_unit *row)
{
    size_t mask = t->slots - 1;
    size_t i = (size_t)((row->id >> SLOT_SHIFT ^ row->check) & mask);
    for (; t->slot[i]; i = (i + 1) & mask)
        if (mkt_units_join_same(unit_at(t, t->slot[i] - 1), row)) break;
    return &t->slot[i];
}

/* False when there is no room for one more unit. */
static bool add_up(struct table *t, const struct mkt_unit *row)
{
    uint32_t *slot = slot_of(t, row);
    if (*slot) {
        struct mkt_unit *unit = unit_at(t, *slot - 1);
        mkt_units_join(t->view->shape, unit, row,
                       row->segment && unit->segment && row->segment < unit->segment);
        return true;
    }
    if (t->units == t->most) return false;
    memcpy(unit_at(t, t->units), row, t->size);
    *slot = (uint32_t)++t->units;
    return true;
}

/* The row in the numbering of all parts. */
static void renumber(const struct table *t, size_t part, struct mkt_unit *row)
{
    row->variant = (uint16_t)t->view->variant_map[part][row->variant];
    if (row->segment) row->segment = (uint16_t)(t->view->segment_map[part][row->segment - 1] + 1);
}

/* Adds up the units, or once that is done shows the rows. */
static mkt_status read_rows(struct table *t, bool show, bool *full, struct mkt_err *err)
{
    const struct mkt_units_view *v = t->view;
    for (size_t i = 0; i < v->parts; i++) {
        struct mkt_piles_walk walk;
        const struct mkt_piles_chunk *chunk;
        size_t rows;
        mkt_piles_walk_begin(&walk, &v->part[i]->piles, t->pile, t->block);
        for (;;) {
            MKT_TRY(mkt_piles_walk_next(&walk, &chunk, &rows, err));
            if (!chunk) break;
            for (size_t k = 0; k < rows; k++) {
                const struct mkt_unit *row = (const void *)(chunk->row + k * t->size);
                if (!is_wanted(t, row)) continue;
                memcpy(t->row, row, t->size);
                renumber(t, i, t->row);
                if (show) {
                    MKT_TRY(
                        t->walk->row(t->walk->user, unit_at(t, *slot_of(t, row) - 1), t->row, err));
                    continue;
                }
                if (t->walk->change) t->walk->change(t->walk->user, t->row);
                if (add_up(t, t->row)) continue;
                *full = true;
                return MKT_OK;
            }
        }
    }
    return MKT_OK;
}

/* What does not fit is walked in two halves. */
static mkt_status walk_bits(struct table *t, uint64_t bits, int known, struct mkt_err *err)
{
    bool full = false;
    t->bits = bits;
    t->bits_known = known;
    t->units = 0;
    memset(t->slot, 0, t->slots * sizeof *t->slot);
    MKT_TRY(read_rows(t, false, &full, err));
    if (full) {
        MKT_TRY(walk_bits(t, bits, known + 1, err));
        return walk_bits(t, bits | (uint64_t)1 << known, known + 1, err);
    }
    for (size_t i = 0; t->walk->unit && i < t->units; i++)
        MKT_TRY(t->walk->unit(t->walk->user, unit_at(t, i), err));
    return t->walk->row ? read_rows(t, true, &full, err) : MKT_OK;
}

mkt_status mkt_units_each(struct mkt_arena *arena, const struct mkt_units_view *view, size_t pile,
                          size_t room, const struct mkt_units_walk *walk, struct mkt_err *err)
{
    size_t mark = mkt_arena_mark(arena), size = MKT_UNITS_SIZE(view->shape->values), rows = 0;
    struct table t = {.view = view, .walk = walk, .pile = pile, .size = size, .slots = 64};
    for (size_t i = 0; i < view->parts; i++) rows += mkt_piles_rows(&view->part[i]->piles, pile);
    if (!rows) return MKT_OK;
    t.most = room / (size + 3 * sizeof *t.slot);
    if (t.most < 16) t.most = 16;
    if (t.most > rows) t.most = rows;
    while (2 * t.slots < 3 * t.most) t.slots *= 2;
    t.unit = mkt_arena_alloc(arena, t.most, size);
    t.slot = MKT_NEW(arena, uint32_t, t.slots);
    t.block = mkt_arena_alloc(arena, 1, MKT_PILES_BLOCK(size));
    t.row = mkt_arena_alloc(arena, 1, size);
    if (!t.unit || !t.slot || !t.block || !t.row) return mkt_arena_full(arena, err);
    mkt_status status = walk_bits(&t, 0, 0, err);
    mkt_arena_release(arena, mark);
    return status;
}
