#include "aggregate/units.h"

#include <assert.h>
#include <string.h>

#include "aggregate/ids.h"
#include "aggregate/units_join.h"
#include "base/text.h"

#define RECENT_MOST ((size_t)1 << 20) /* bytes of units that rows are added to as they come */
#define RECENT_SHARE 8                /* and a part of the limit */
#define PILES_LEAST 4

/* ---- which unit ------------------------------------------------------------------------------- */

void mkt_units_tell_text(struct mkt_unit *unit, const char *name, size_t n)
{
    uint64_t check = n, word;
    int64_t number;
    if (mkt_ids_read_number(name, n, &number)) {
        mkt_units_tell_number(unit, number);
        return;
    }
    unit->id = mkt_ids_of_text(name, n);
    for (; n >= 8; n -= 8, name += 8) {
        memcpy(&word, name, 8);
        check = (check ^ word) * 0xff51afd7ed558ccdULL;
        check ^= check >> 32;
    }
    word = 0;
    memcpy(&word, name, n);
    check = (check ^ word) * 0xc4ceb9fe1a85ec53ULL;
    unit->check = (uint32_t)(check >> 32);
}

void mkt_units_tell_number(struct mkt_unit *unit, int64_t name)
{
    unit->id = mkt_ids_of_number(name);
    unit->check = name == 0;
}

/* ---- a part ------------------------------------------------------------------------------------ */

mkt_status mkt_units_init(struct mkt_units *u, const struct mkt_units_shape *shape,
                          struct mkt_arena *arena, struct mkt_err *err)
{
    size_t size = MKT_UNITS_SIZE(shape->values);
    assert(shape->values <= MKT_UNITS_VALUES);
    *u = (struct mkt_units){.shape = shape, .dealt = MKT_PILES, .places = 1};
    mkt_piles_init(&u->piles, arena, size, shape->limit, shape->temp);
    mkt_names_init(&u->variant, arena);
    mkt_names_init(&u->segment, arena);
    /* each pile has a chunk in memory whatever the limit */
    while (u->dealt > PILES_LEAST && u->dealt * MKT_PILES_BLOCK(size) > shape->limit / 2)
        u->dealt /= 2;
    if (shape->apart) return MKT_OK;
    while (2 * u->places * size <= RECENT_MOST &&
           2 * u->places * size <= shape->limit / RECENT_SHARE)
        u->places *= 2;
    u->recent = mkt_arena_alloc(arena, u->places, size);
    return u->recent ? MKT_OK : mkt_arena_full(arena, err);
}

void mkt_units_close(struct mkt_units *u)
{
    mkt_piles_close(&u->piles);
}

static mkt_status code_of(struct mkt_names *names, const char *text, size_t n, const char *what,
                          uint16_t first, uint16_t *out, struct mkt_err *err)
{
    uint32_t place;
    MKT_TRY(mkt_names_code(names, text, n, &place, err));
    if (place >= MKT_UNITS_NAMES)
        return mkt_err_set(err, MKT_E_LIMIT,
                           "more than %s %s: the column that names them is probably not the right "
                           "one",
                           MKT_COUNT(MKT_UNITS_NAMES), what);
    *out = (uint16_t)(place + first);
    return MKT_OK;
}

mkt_status mkt_units_variant(struct mkt_units *u, const char *text, size_t n, uint16_t *out,
                             struct mkt_err *err)
{
    return code_of(&u->variant, text, n, "variants", 0, out, err);
}

mkt_status mkt_units_segment(struct mkt_units *u, const char *text, size_t n, uint16_t *out,
                             struct mkt_err *err)
{
    return code_of(&u->segment, text, n, "segments", 1, out, err);
}

static mkt_status deal(struct mkt_units *u, const struct mkt_unit *row, struct mkt_err *err)
{
    uint64_t pile = row->id >> 56 & (u->dealt - 1);
    return mkt_piles_add(&u->piles, pile << 56, row, err);
}

mkt_status mkt_units_add(struct mkt_units *u, const struct mkt_unit *row, struct mkt_err *err)
{
    u->rows++;
    if (!u->recent) return deal(u, row, err);
    size_t size = u->piles.size;
    struct mkt_unit *place = (void *)(u->recent + (row->id & (u->places - 1)) * size);
    if (mkt_units_join_same(place, row)) {
        bool first =
            place->segment && row->segment && place->segment != row->segment &&
            strcmp(u->segment.name[row->segment - 1], u->segment.name[place->segment - 1]) < 0;
        mkt_units_join(u->shape, place, row, first);
        return MKT_OK;
    }
    if (place->id) MKT_TRY(deal(u, place, err));
    memcpy(place, row, size);
    return MKT_OK;
}

/* ---- all parts as one --------------------------------------------------------------------------- */

static mkt_status unite_names(struct mkt_arena *arena, const struct mkt_units_view *v,
                              bool segments, struct mkt_names *all, uint32_t ***out,
                              struct mkt_err *err)
{
    const struct mkt_names **own = MKT_NEW(arena, const struct mkt_names *, v->parts + 1);
    *out = MKT_NEW(arena, uint32_t *, v->parts + 1);
    if (!own || !*out) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < v->parts; i++)
        own[i] = segments ? &v->part[i]->segment : &v->part[i]->variant;
    mkt_names_init(all, arena);
    return mkt_names_unite(all, own, v->parts, '\0', *out, err);
}

/* What rows might still have been added to joins the rest. */
static mkt_status empty_recent(struct mkt_units *u, struct mkt_err *err)
{
    for (size_t i = 0; u->recent && i < u->places; i++) {
        struct mkt_unit *place = (void *)(u->recent + i * u->piles.size);
        if (place->id) MKT_TRY(deal(u, place, err));
        place->id = 0;
    }
    return MKT_OK;
}

mkt_status mkt_units_unite(struct mkt_arena *arena, struct mkt_units *const *part, size_t parts,
                           struct mkt_units_view *v, struct mkt_err *err)
{
    *v = (struct mkt_units_view){.part = part, .parts = parts};
    for (size_t i = 0; i < parts; i++) {
        v->shape = part[i]->shape;
        v->piles = part[i]->dealt;
        v->rows += part[i]->rows;
        MKT_TRY(empty_recent(part[i], err));
    }
    for (size_t p = 0; p < v->piles; p++) {
        size_t rows = 0;
        for (size_t i = 0; i < parts; i++) rows += mkt_piles_rows(&part[i]->piles, p);
        if (rows > v->largest) v->largest = rows;
    }
    MKT_TRY(unite_names(arena, v, false, &v->variant, &v->variant_map, err));
    MKT_TRY(unite_names(arena, v, true, &v->segment, &v->segment_map, err));
    bool fit = v->variant.count <= MKT_UNITS_NAMES && v->segment.count <= MKT_UNITS_NAMES;
    return fit ? MKT_OK
               : mkt_err_set(err, MKT_E_LIMIT,
                             "more than %s variants or segments: the column that names them is "
                             "probably not the right one",
                             MKT_COUNT(MKT_UNITS_NAMES));
}
