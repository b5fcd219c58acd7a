#include "aggregate/unit_tally.h"

#include <math.h>
#include <string.h>

struct mkt_unit_tally_cell {
    uint32_t variant, segment;
    int32_t day;
    int64_t n;
};

struct sums {
    mkt_arms_wide sum[MKT_ARMS_VARIABLES], product[MKT_ARMS_PRODUCTS]; /* millionths */
};

static mkt_status too_large(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_LIMIT,
                       "the values of a metric are too large to add up exactly: a unit may "
                       "reach 9.2e12 and the sum of squares 1.7e26; cap them or measure them in "
                       "a larger unit");
}

mkt_status mkt_unit_tally_init(struct mkt_unit_tally *t, struct mkt_arena *arena,
                               const struct mkt_unit_tally_metric *metric, size_t metrics,
                               struct mkt_err *err)
{
    *t = (struct mkt_unit_tally){.arena = arena, .metric = metric, .metrics = metrics};
    t->range = MKT_NEW(arena, struct mkt_unit_tally_range, metrics);
    if (!t->range) return mkt_arena_full(arena, err);
    for (size_t m = 0; m < metrics; m++) {
        t->range[m].least = INT64_MAX;
        t->range[m].most = INT64_MIN;
    }
    return MKT_OK;
}

/* ---- cells ------------------------------------------------------------------------------------ */

static struct sums *sums_of(const struct mkt_unit_tally *t, size_t cell)
{
    return (struct sums *)(void *)t->sums + cell * t->metrics;
}

static uint32_t *slot_of(const struct mkt_unit_tally *t, const struct mkt_unit_tally_cell *key)
{
    size_t mask = t->slots - 1;
    uint64_t who = (uint64_t)key->variant << 32 | key->segment;
    size_t i = (size_t)mkt_names_mix(who * 31 + (uint32_t)key->day) & mask;
    for (; t->slot[i]; i = (i + 1) & mask) {
        const struct mkt_unit_tally_cell *c = &t->cell[t->slot[i] - 1];
        if (c->variant == key->variant && c->segment == key->segment && c->day == key->day) break;
    }
    return &t->slot[i];
}

/* Twice the cells and slots. */
static mkt_status widen(struct mkt_unit_tally *t, struct mkt_err *err)
{
    size_t more = t->cell_cap ? 2 * t->cell_cap : 64, slots = 2 * more;
    size_t bytes = t->metrics * sizeof(struct sums);
    struct mkt_unit_tally_cell *cell = MKT_NEW(t->arena, struct mkt_unit_tally_cell, more);
    uint32_t *slot = MKT_NEW(t->arena, uint32_t, slots);
    char *sums = mkt_arena_alloc(t->arena, more, bytes);
    if (!cell || !slot || !sums) return mkt_arena_full(t->arena, err);
    if (t->cells) {
        memcpy(cell, t->cell, t->cells * sizeof *cell);
        memcpy(sums, t->sums, t->cells * bytes);
    }
    t->cell = cell;
    t->sums = sums;
    t->cell_cap = more;
    t->slot = slot;
    t->slots = slots;
    for (size_t i = 0; i < t->cells; i++) *slot_of(t, &cell[i]) = (uint32_t)i + 1;
    return MKT_OK;
}

static mkt_status cell_of(struct mkt_unit_tally *t, const struct mkt_unit_tally_cell *key,
                          size_t *out, struct mkt_err *err)
{
    uint32_t *slot = t->slots ? slot_of(t, key) : NULL;
    if (!slot || !*slot) {
        if (t->cells == t->cell_cap) MKT_TRY(widen(t, err));
        slot = slot_of(t, key);
        t->cell[t->cells] = *key;
        t->cell[t->cells].n = 0;
        *slot = (uint32_t)++t->cells;
    }
    *out = *slot - 1;
    return MKT_OK;
}

/* ---- units ------------------------------------------------------------------------------------- */

static int64_t value_of(const struct mkt_unit_tally_metric *m, int v, const struct mkt_unit *unit)
{
    int64_t value = unit->value[m->at[v]];
    return value == MKT_UNITS_NONE ? 0 : value;
}

int64_t mkt_unit_tally_y(const struct mkt_unit_tally_metric *m, const struct mkt_unit *unit)
{
    return value_of(m, MKT_ARMS_Y, unit);
}

/* As a whole number, without passing what one holds. */
static int64_t whole(double x)
{
    return x >= 9.2e18 ? INT64_MAX : x <= -9.2e18 ? INT64_MIN : (int64_t)nearbyint(x);
}

/* A variable in millionths, capped; false where it does not fit. A number far above the cap need not
 * fit into millionths. */
static bool scaled(const struct mkt_unit_tally_metric *m, int v, const struct mkt_unit *unit,
                   int64_t *out, bool *above)
{
    bool caps = isfinite(m->cap) && (v == MKT_ARMS_Y || v == MKT_ARMS_X), fits = true;
    double cap = m->cap * MKT_ARMS_MICRO;
    int64_t x = value_of(m, v, unit);
    *above = caps && x > whole(m->whole[v] ? floor(cap / MKT_ARMS_MICRO) : cap);
    if (caps) {
        int64_t most = whole(m->whole[v] ? ceil(cap / MKT_ARMS_MICRO) : cap);
        if (x > most) x = most;
    }
    if (m->whole[v]) fits = !__builtin_mul_overflow(x, (int64_t)MKT_ARMS_MICRO, &x);
    if (caps && x > whole(cap)) x = whole(cap);
    *out = x;
    return fits;
}

static bool add(mkt_arms_wide *to, mkt_arms_wide x)
{
    return !__builtin_add_overflow(*to, x, to);
}

static bool add_metric(const struct mkt_unit_tally_metric *m, const struct mkt_unit *unit,
                       struct sums *to, struct mkt_unit_tally_range *range)
{
    int64_t value[MKT_ARMS_VARIABLES];
    bool above, fits = true;
    for (int v = 0; v < MKT_ARMS_VARIABLES; v++) {
        if (m->at[v] == MKT_UNIT_TALLY_NOWHERE) continue;
        fits = fits && scaled(m, v, unit, &value[v], &above) && add(&to->sum[v], value[v]);
        if (v == MKT_ARMS_Y) range->capped += above;
        for (int w = 0; fits && w <= v; w++)
            if (m->at[w] != MKT_UNIT_TALLY_NOWHERE)
                fits =
                    add(&to->product[mkt_arms_product(w, v)], (mkt_arms_wide)value[w] * value[v]);
    }
    if (!fits) return false;
    range->missing += unit->value[m->at[MKT_ARMS_Y]] == MKT_UNITS_NONE;
    if (value[MKT_ARMS_Y] < range->least) range->least = value[MKT_ARMS_Y];
    if (value[MKT_ARMS_Y] > range->most) range->most = value[MKT_ARMS_Y];
    return true;
}

mkt_status mkt_unit_tally_add(struct mkt_unit_tally *t, const struct mkt_unit *unit,
                              struct mkt_err *err)
{
    const struct mkt_unit_tally_cell key = {unit->variant, unit->segment, unit->day, 0};
    size_t cell;
    if (unit->over) return too_large(err);
    if (unit->several) {
        t->multiple++;
        return MKT_OK;
    }
    MKT_TRY(cell_of(t, &key, &cell, err));
    struct sums *sums = sums_of(t, cell);
    for (size_t m = 0; m < t->metrics; m++)
        if (!add_metric(&t->metric[m], unit, &sums[m], &t->range[m])) return too_large(err);
    t->cell[cell].n++;
    return MKT_OK;
}

/* ---- together ---------------------------------------------------------------------------------- */

static void merge_range(struct mkt_unit_tally_range *into, const struct mkt_unit_tally_range *from)
{
    if (from->least < into->least) into->least = from->least;
    if (from->most > into->most) into->most = from->most;
    into->missing += from->missing;
    into->capped += from->capped;
}

mkt_status mkt_unit_tally_merge(struct mkt_unit_tally *into, const struct mkt_unit_tally *from,
                                struct mkt_err *err)
{
    bool fits = true;
    into->multiple += from->multiple;
    for (size_t m = 0; m < into->metrics; m++) merge_range(&into->range[m], &from->range[m]);
    for (size_t i = 0; i < from->cells; i++) {
        size_t cell;
        MKT_TRY(cell_of(into, &from->cell[i], &cell, err));
        into->cell[cell].n += from->cell[i].n;
        struct sums *to = sums_of(into, cell), *own = sums_of(from, i);
        for (size_t m = 0; m < into->metrics; m++) {
            for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
                fits = add(&to[m].sum[v], own[m].sum[v]) && fits;
            for (int p = 0; p < MKT_ARMS_PRODUCTS; p++)
                fits = add(&to[m].product[p], own[m].product[p]) && fits;
        }
    }
    return fits ? MKT_OK : too_large(err);
}

mkt_status mkt_unit_tally_give(const struct mkt_unit_tally *t, const char *const *const name[2],
                               struct mkt_arms *arms, struct mkt_err *err)
{
    struct mkt_arms_sums *sums = MKT_NEW(t->arena, struct mkt_arms_sums, t->metrics);
    if (!sums) return mkt_arena_full(t->arena, err);
    for (size_t i = 0; i < t->cells; i++) {
        const struct mkt_unit_tally_cell *c = &t->cell[i];
        const struct sums *own = sums_of(t, i);
        for (size_t m = 0; m < t->metrics; m++) {
            memcpy(sums[m].product, own[m].product, sizeof sums[m].product);
            for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
                if (__builtin_add_overflow(own[m].sum[v], (mkt_arms_wide)0, &sums[m].sum[v]))
                    return mkt_err_set(err, MKT_E_LIMIT,
                                       "the sum of %s passes 9.2e12: measure it in a larger unit "
                                       "or cap it",
                                       arms->metric[m].name);
        }
        MKT_TRY(mkt_arms_add(arms, name[0][c->variant], c->segment ? name[1][c->segment - 1] : "",
                             c->day, c->n, sums, err));
    }
    return MKT_OK;
}
