#include "aggregate/performance.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

const char *const mkt_measure_name[MKT_MEASURES] = {"spend",       "impressions", "clicks",
                                                    "conversions", "revenue",     "new_customers"};
const char *const mkt_dimension_name[MKT_DIMENSIONS] = {"channel", "campaign", "segment"};

void mkt_performance_init(struct mkt_performance *p, struct mkt_arena *arena, unsigned measures,
                          unsigned dimensions)
{
    *p = (struct mkt_performance){
        .arena = arena, .measures = measures, .dimensions = dimensions, .data = {0, -1}};
}

/* lookup[d] holds 1 + the place in names[d], probed linearly; 0 is free. At most half full. */
static uint32_t *slot_of(const struct mkt_performance *p, int d, const char *name)
{
    size_t mask = p->lookup_size[d] - 1;
    size_t i = (size_t)mkt_hash_text(name) & mask;
    while (p->lookup[d][i] && strcmp(p->names[d][p->lookup[d][i] - 1], name) != 0)
        i = (i + 1) & mask;
    return &p->lookup[d][i];
}

static mkt_status widen_lookup(struct mkt_performance *p, int d, struct mkt_err *err)
{
    if (2 * (p->name_count[d] + 1) <= p->lookup_size[d]) return MKT_OK;
    size_t size = p->lookup_size[d] ? 2 * p->lookup_size[d] : 16;
    uint32_t *lookup = MKT_NEW(p->arena, uint32_t, size);
    if (!lookup) return mkt_arena_full(p->arena, err);
    p->lookup[d] = lookup;
    p->lookup_size[d] = size;
    for (size_t i = 0; i < p->name_count[d]; i++) *slot_of(p, d, p->names[d][i]) = (uint32_t)i + 1;
    return MKT_OK;
}

static mkt_status find_name(struct mkt_performance *p, int d, const char *name, uint32_t *out,
                            struct mkt_err *err)
{
    MKT_TRY(widen_lookup(p, d, err));
    uint32_t *slot = slot_of(p, d, name);
    if (!*slot) {
        char *copy = mkt_arena_strdup(p->arena, name);
        if (!copy) return mkt_arena_full(p->arena, err);
        const char **place = mkt_arena_push(p->arena, &p->names[d], &p->name_count[d],
                                            &p->name_cap[d], sizeof *place);
        if (!place) return mkt_arena_full(p->arena, err);
        *place = copy;
        *slot = (uint32_t)p->name_count[d];
    }
    *out = *slot - 1;
    return MKT_OK;
}

static mkt_status too_large(mkt_measure m, struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_LIMIT, "the sum of %s passes 9.2e12: too large to add exactly",
                       mkt_measure_name[m]);
}

static bool same_key(const struct mkt_performance_cell *a, const struct mkt_performance_cell *b)
{
    return a->day == b->day && memcmp(a->name, b->name, sizeof a->name) == 0;
}

/* Adds `from` to `into`, or leaves it as it was. */
static mkt_status join(struct mkt_performance_cell *into, const struct mkt_performance_cell *from,
                       struct mkt_err *err)
{
    mkt_micro sum[MKT_MEASURES];
    for (int m = 0; m < MKT_MEASURES; m++)
        if (__builtin_add_overflow(into->sum[m], from->sum[m], &sum[m]))
            return too_large((mkt_measure)m, err);
    memcpy(into->sum, sum, sizeof sum);
    into->rows += from->rows;
    return MKT_OK;
}

static mkt_status add_cell(struct mkt_performance *p, const struct mkt_performance_cell *cell,
                           struct mkt_err *err)
{
    if (p->cells && same_key(&p->cell[p->cells - 1], cell)) {
        MKT_TRY(join(&p->cell[p->cells - 1], cell, err));
    } else {
        struct mkt_performance_cell *place =
            mkt_arena_push(p->arena, &p->cell, &p->cells, &p->cell_cap, sizeof *place);
        if (!place) return mkt_arena_full(p->arena, err);
        *place = *cell;
    }
    if (p->data.first > p->data.last) p->data = (struct mkt_period){cell->day, cell->day};
    if (cell->day < p->data.first) p->data.first = cell->day;
    if (cell->day > p->data.last) p->data.last = cell->day;
    p->rows += cell->rows;
    return MKT_OK;
}

mkt_status mkt_performance_add(struct mkt_performance *p, const struct mkt_performance_row *row,
                               struct mkt_err *err)
{
    struct mkt_performance_cell cell = {.day = row->day, .rows = row->rows};
    memcpy(cell.sum, row->sum, sizeof cell.sum);
    for (int d = 0; d < MKT_DIMENSIONS; d++)
        MKT_TRY(find_name(p, d, row->name[d], &cell.name[d], err));
    return add_cell(p, &cell, err);
}

mkt_status mkt_performance_merge(struct mkt_performance *into, const struct mkt_performance *from,
                                 struct mkt_err *err)
{
    uint32_t *place[MKT_DIMENSIONS];
    for (int d = 0; d < MKT_DIMENSIONS; d++) {
        place[d] = MKT_NEW(into->arena, uint32_t, from->name_count[d]);
        if (!place[d]) return mkt_arena_full(into->arena, err);
        for (size_t i = 0; i < from->name_count[d]; i++)
            MKT_TRY(find_name(into, d, from->names[d][i], &place[d][i], err));
    }
    for (size_t i = 0; i < from->cells; i++) {
        struct mkt_performance_cell cell = from->cell[i];
        for (int d = 0; d < MKT_DIMENSIONS; d++) cell.name[d] = place[d][cell.name[d]];
        MKT_TRY(add_cell(into, &cell, err));
    }
    into->measures |= from->measures;
    into->dimensions |= from->dimensions;
    return MKT_OK;
}

/* ---- finish ------------------------------------------------------------- */

struct ranked {
    const char *name;
    uint32_t old;
};

static int by_name(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* Puts the names of a dimension into byte order; rank[old place] is the new one. */
static void sort_names(struct mkt_performance *p, int d, struct ranked *order, uint32_t *rank)
{
    size_t n = p->name_count[d];
    if (!n) return;
    for (size_t i = 0; i < n; i++) order[i] = (struct ranked){p->names[d][i], (uint32_t)i};
    qsort(order, n, sizeof *order, by_name);
    for (size_t i = 0; i < n; i++) {
        rank[order[i].old] = (uint32_t)i;
        p->names[d][i] = order[i].name;
    }
    for (size_t i = 0; i < p->lookup_size[d]; i++)
        if (p->lookup[d][i]) p->lookup[d][i] = rank[p->lookup[d][i] - 1] + 1;
}

/* The order of cells is by (channel, campaign, segment, day): a radix sort from the last part to
 * the first, with as many parts in one 64-bit key as fit. */
#define PARTS (MKT_DIMENSIONS + 1)
#define DIGIT 11

struct scratch {
    uint64_t *key, *key2;
    uint32_t *order, *order2;
};

static int bits_of(uint64_t most)
{
    return most ? 64 - __builtin_clzll(most) : 0;
}

static uint64_t part_of(const struct mkt_performance *p, const struct mkt_performance_cell *c,
                        int part)
{
    if (part == 0) return (uint64_t)((int64_t)c->day - p->data.first);
    return c->name[MKT_DIMENSIONS - part];
}

/* Stable, by the low `bits` of the key. */
static void sort_by_key(struct scratch *s, size_t n, int bits)
{
    for (int shift = 0; shift < bits; shift += DIGIT) {
        size_t start[(1 << DIGIT) + 1] = {0};
        const uint64_t mask = (1U << DIGIT) - 1;
        for (size_t i = 0; i < n; i++) start[(s->key[i] >> shift & mask) + 1]++;
        for (size_t k = 1; k <= mask; k++) start[k] += start[k - 1];
        for (size_t i = 0; i < n; i++) {
            size_t to = start[s->key[i] >> shift & mask]++;
            s->key2[to] = s->key[i];
            s->order2[to] = s->order[i];
        }
        uint64_t *key = s->key;
        s->key = s->key2;
        s->key2 = key;
        uint32_t *order = s->order;
        s->order = s->order2;
        s->order2 = order;
    }
}

static void sort_cells(struct mkt_performance *p, struct scratch *s)
{
    int width[PARTS];
    width[0] = bits_of((uint64_t)((int64_t)p->data.last - p->data.first));
    for (int d = 0; d < MKT_DIMENSIONS; d++)
        width[MKT_DIMENSIONS - d] = bits_of(p->name_count[d] - 1);
    for (size_t i = 0; i < p->cells; i++) s->order[i] = (uint32_t)i;
    for (int part = 0; part < PARTS;) {
        int from = part, bits = 0;
        while (part < PARTS && bits + width[part] <= 64) bits += width[part++];
        for (size_t i = 0; i < p->cells; i++) {
            const struct mkt_performance_cell *c = &p->cell[s->order[i]];
            uint64_t key = 0;
            for (int k = part - 1; k >= from; k--) key = key << width[k] | part_of(p, c, k);
            s->key[i] = key;
        }
        sort_by_key(s, p->cells, bits);
    }
    /* in place: follow each cycle of the permutation once */
    for (size_t i = 0; i < p->cells; i++) {
        if (s->order[i] == i) continue;
        struct mkt_performance_cell held = p->cell[i];
        size_t to = i;
        for (size_t from; (from = s->order[to]) != i; to = from) {
            p->cell[to] = p->cell[from];
            s->order[to] = (uint32_t)to;
        }
        p->cell[to] = held;
        s->order[to] = (uint32_t)to;
    }
}

/* Every slice of the table must fit, so the sum of all sizes must. */
static mkt_status check_totals(const struct mkt_performance *p, struct mkt_err *err)
{
    for (int m = 0; m < MKT_MEASURES; m++) {
        mkt_micro total = 0;
        for (size_t i = 0; i < p->cells; i++) {
            mkt_micro size;
            if (__builtin_sub_overflow((mkt_micro)0, p->cell[i].sum[m], &size))
                return too_large((mkt_measure)m, err);
            if (size < 0) size = p->cell[i].sum[m];
            if (__builtin_add_overflow(total, size, &total)) return too_large((mkt_measure)m, err);
        }
    }
    return MKT_OK;
}

static mkt_status join_equal(struct mkt_performance *p, struct mkt_err *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->cells; i++) {
        if (kept && same_key(&p->cell[kept - 1], &p->cell[i]))
            MKT_TRY(join(&p->cell[kept - 1], &p->cell[i], err));
        else
            p->cell[kept++] = p->cell[i];
    }
    p->cells = kept;
    return MKT_OK;
}

mkt_status mkt_performance_finish(struct mkt_performance *p, struct mkt_err *err)
{
    if (!p->cells) return MKT_OK;
    MKT_TRY(check_totals(p, err));
    size_t mark = mkt_arena_mark(p->arena);
    struct scratch s = {
        MKT_NEW(p->arena, uint64_t, p->cells), MKT_NEW(p->arena, uint64_t, p->cells),
        MKT_NEW(p->arena, uint32_t, p->cells), MKT_NEW(p->arena, uint32_t, p->cells)};
    bool full = !s.key || !s.key2 || !s.order || !s.order2;
    struct ranked *ranked[MKT_DIMENSIONS];
    uint32_t *rank[MKT_DIMENSIONS];
    for (int d = 0; d < MKT_DIMENSIONS; d++) {
        ranked[d] = MKT_NEW(p->arena, struct ranked, p->name_count[d]);
        rank[d] = MKT_NEW(p->arena, uint32_t, p->name_count[d]);
        full = full || !ranked[d] || !rank[d];
    }
    if (full) {
        mkt_arena_release(p->arena, mark);
        return mkt_arena_full(p->arena, err);
    }
    for (int d = 0; d < MKT_DIMENSIONS; d++) sort_names(p, d, ranked[d], rank[d]);
    for (size_t i = 0; i < p->cells; i++)
        for (int d = 0; d < MKT_DIMENSIONS; d++) p->cell[i].name[d] = rank[d][p->cell[i].name[d]];
    sort_cells(p, &s);
    mkt_arena_release(p->arena, mark);
    return join_equal(p, err);
}
