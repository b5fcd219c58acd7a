#include "aggregate/events.h"

#include <assert.h>
#include <string.h>

#include "aggregate/spellings.h"
#include "base/text.h"

#define DAY (INT64_C(86400) * 1000000)

/* Room for the rows of one more level. */
static mkt_status count_level(struct mkt_events *e, size_t p, struct mkt_err *err)
{
    struct mkt_arena *arena = e->piles.arena;
    int64_t *rows = mkt_arena_push(arena, &e->level_rows[p], &e->level_counts[p],
                                   &e->level_count_cap[p], sizeof *rows);
    if (!rows) return mkt_arena_full(arena, err);
    *rows = 0;
    return MKT_OK;
}

mkt_status mkt_events_init(struct mkt_events *e, struct mkt_arena *arena, size_t limit,
                           const char *temp, struct mkt_err *err)
{
    *e = (struct mkt_events){.bin = MKT_NEW(arena, struct mkt_clocks_bin, MKT_EVENTS_BINS)};
    if (!e->bin) return mkt_arena_full(arena, err);
    mkt_piles_init(&e->piles, arena, sizeof(struct mkt_event), limit, temp);
    mkt_names_init(&e->event, arena);
    for (size_t p = 0; p < MKT_EVENTS_PROPERTIES; p++) {
        mkt_names_init(&e->level[p], arena);
        MKT_TRY(count_level(e, p, err));
    }
    return MKT_OK;
}

void mkt_events_close(struct mkt_events *e)
{
    mkt_piles_close(&e->piles);
}

mkt_status mkt_events_add(struct mkt_events *e, const struct mkt_event *row, struct mkt_err *err)
{
    assert(row->time >= 0 && row->time <= MKT_EVENTS_TIME_MOST);
    mkt_clocks_add(&e->bin[row->time / MKT_EVENTS_BIN], row->time);
    e->moments = e->moments || row->time % DAY != 0;
    e->count[row->event]++;
    for (size_t p = 0; p < e->properties; p++) e->level_rows[p][row->property[p]]++;
    return mkt_piles_add(&e->piles, row->user, row, err);
}

static mkt_status too_many_names(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_LIMIT,
                       "there are more than %s different events: the column of events seems to "
                       "hold something else, such as addresses or ids",
                       MKT_COUNT(MKT_EVENTS_NAMES));
}

mkt_status mkt_events_name(struct mkt_events *e, const char *text, size_t n, uint32_t *out,
                           struct mkt_err *err)
{
    MKT_TRY(mkt_names_code(&e->event, text, n, out, err));
    if (*out >= MKT_EVENTS_NAMES) return too_many_names(err);
    if (*out < e->counts) return MKT_OK;
    struct mkt_arena *arena = e->piles.arena;
    int64_t *count = mkt_arena_push(arena, &e->count, &e->counts, &e->count_cap, sizeof *count);
    if (!count) return mkt_arena_full(arena, err);
    *count = 0;
    return MKT_OK;
}

mkt_status mkt_events_level(struct mkt_events *e, size_t property, const char *text, size_t n,
                            uint16_t *out, struct mkt_err *err)
{
    uint32_t code = 0;
    *out = 0;
    if (e->too_many[property]) return MKT_OK;
    MKT_TRY(mkt_names_code(&e->level[property], text, n, &code, err));
    if (code >= MKT_EVENTS_LEVELS) {
        e->too_many[property] = true;
        return MKT_OK;
    }
    *out = (uint16_t)(code + 1);
    if (property >= e->properties) e->properties = property + 1;
    return *out < e->level_counts[property] ? MKT_OK : count_level(e, property, err);
}

static mkt_status unite_events(struct mkt_arena *arena, struct mkt_events_view *v,
                               const struct mkt_names **own, const int64_t **rows,
                               struct mkt_err *err)
{
    v->event_map = MKT_NEW(arena, uint32_t *, v->parts);
    if (!v->event_map) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < v->parts; i++) {
        own[i] = &v->part[i]->event;
        rows[i] = v->part[i]->count;
    }
    MKT_TRY(mkt_spellings_unite(arena, &v->event, own, rows, v->parts, v->event_map, &v->count,
                                &v->respelled, err));
    return v->event.count > MKT_EVENTS_NAMES ? too_many_names(err) : MKT_OK;
}

static mkt_status unite_levels(struct mkt_arena *arena, struct mkt_events_view *v, size_t p,
                               const struct mkt_names **own, const int64_t **rows,
                               struct mkt_err *err)
{
    int64_t *count;
    mkt_names_init(&v->level[p], arena);
    uint32_t **map = MKT_NEW(arena, uint32_t *, v->parts);
    v->level_map[p] = MKT_NEW(arena, uint16_t *, v->parts);
    if (!map || !v->level_map[p]) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < v->parts; i++) {
        own[i] = &v->part[i]->level[p];
        rows[i] = v->part[i]->level_rows[p] + 1;
        v->level_map[p][i] = MKT_NEW(arena, uint16_t, own[i]->count + 2);
        if (!v->level_map[p][i]) return mkt_arena_full(arena, err);
        v->too_many[p] = v->too_many[p] || v->part[i]->too_many[p];
    }
    if (v->too_many[p]) return MKT_OK;
    MKT_TRY(mkt_spellings_unite(arena, &v->level[p], own, rows, v->parts, map, &count,
                                &v->respelled_levels[p], err));
    v->too_many[p] = v->level[p].count > MKT_EVENTS_LEVELS;
    for (size_t i = 0; i < v->parts && !v->too_many[p]; i++)
        for (size_t k = 0; k < own[i]->count; k++)
            v->level_map[p][i][k + 1] = (uint16_t)(map[i][k] + 1);
    return MKT_OK;
}

/* ---- clocks that are wrong -------------------------------------------------------------------- */

mkt_status mkt_events_unite(struct mkt_arena *arena, struct mkt_events *const *part, size_t parts,
                            struct mkt_events_view *v, struct mkt_err *err)
{
    *v = (struct mkt_events_view){.part = part, .parts = parts};
    for (size_t i = 0; i < parts; i++) v->rows += mkt_piles_all_rows(&part[i]->piles);
    if (!v->rows) return mkt_err_set(err, MKT_E_EMPTY, "there are no events");
    const struct mkt_names **own = MKT_NEW(arena, const struct mkt_names *, parts);
    const int64_t **rows = MKT_NEW(arena, const int64_t *, parts);
    if (!own || !rows) return mkt_arena_full(arena, err);
    MKT_TRY(unite_events(arena, v, own, rows, err));
    for (size_t p = 0; p < MKT_EVENTS_PROPERTIES; p++)
        MKT_TRY(unite_levels(arena, v, p, own, rows, err));
    size_t mark = mkt_arena_mark(arena);
    struct mkt_clocks_bin *bin = MKT_NEW(arena, struct mkt_clocks_bin, MKT_EVENTS_BINS);
    if (!bin) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < parts; i++) {
        v->moments = v->moments || part[i]->moments;
        mkt_clocks_join(bin, part[i]->bin, MKT_EVENTS_BINS);
    }
    v->skewed = mkt_clocks_range(bin, MKT_EVENTS_BINS, &v->first, &v->last);
    mkt_arena_release(arena, mark);
    return MKT_OK;
}

/* ---- one pile, sorted --------------------------------------------------------------------------- */

size_t mkt_events_largest(const struct mkt_events_view *v)
{
    size_t most = 0;
    for (size_t pile = 0; pile < MKT_PILES; pile++) {
        size_t rows = 0;
        for (size_t i = 0; i < v->parts; i++) rows += mkt_piles_rows(&v->part[i]->piles, pile);
        if (rows > most) most = rows;
    }
    return most;
}

mkt_status mkt_events_gather(const struct mkt_events_view *v, size_t pile, void *block,
                             struct mkt_event *out, size_t *rows, struct mkt_err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->parts; i++) {
        struct mkt_event *own = out + kept;
        MKT_TRY(mkt_piles_gather(&v->part[i]->piles, pile, block, own, err));
        for (size_t r = 0; r < mkt_piles_rows(&v->part[i]->piles, pile); r++) {
            struct mkt_event e = own[r];
            if (e.time < v->first || e.time > v->last) continue;
            e.event = v->event_map[i][e.event];
            for (size_t p = 0; p < MKT_EVENTS_PROPERTIES; p++)
                if (e.property[p]) e.property[p] = v->level_map[p][i][e.property[p]];
            out[kept++] = e;
        }
    }
    *rows = kept;
    return MKT_OK;
}
