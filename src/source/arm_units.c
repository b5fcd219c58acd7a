#include "source/arm_units.h"

#include <math.h>
#include <string.h>

#include "aggregate/unit_tally.h"
#include "aggregate/unit_values.h"
#include "base/tasks.h"
#include "source/arm_rows.h"
#include "source/daily.h"
#include "source/faults.h"
#include "source/profile.h"

/* All that one pass over units works with. */
struct units {
    struct mkt_arm_reading *x;
    struct mkt_arm_rows rows;
    struct mkt_unit_tally_metric metric[MKT_ARM_COLUMNS_METRICS];
    struct mkt_units_walk walk[MKT_TASKS_THREADS];
    struct mkt_arena arena[MKT_TASKS_THREADS];
    size_t opened;
    struct mkt_unit_tally tally[MKT_TASKS_THREADS];
    struct mkt_unit_values *values[MKT_TASKS_THREADS]; /* y of units, a group a metric */
    bool sought[MKT_ARM_COLUMNS_METRICS];              /* its cap is a share of the units */
    struct worker {
        struct units *units;
        size_t index;
    } worker[MKT_TASKS_THREADS];
};

/* ---- metrics ------------------------------------------------------------------------------------ */

/* The share of the units that a cap is asked for at, NAN for none. */
static double cap_share(const struct mkt_arm_reading *x, size_t m)
{
    return x->treatment ? mkt_arm_reading_asked(x->treatment->cap_share, m) : NAN;
}

/* Which columns are a unit's values, and which of them each metric is made of. */
static size_t place_values(struct units *u, struct mkt_arm_rows_value *value)
{
    const struct mkt_arm_reading *x = u->x;
    size_t values = 0;
    for (size_t m = 0; m < x->columns.metrics; m++)
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++) {
            u->metric[m].at[v] = MKT_UNIT_TALLY_NOWHERE;
            if (!mkt_arm_reading_has(&x->columns.metric[m], v)) continue;
            size_t column = x->columns.metric[m].variable[v];
            u->metric[m].whole[v] = mkt_arm_reading_is_whole(&x->r->column[column]);
            u->metric[m].at[v] = values;
            value[values++] = (struct mkt_arm_rows_value){m, v};
        }
    return values;
}

/* 0 and 1 only: then, and only then, a number between 0 and 1 is its own square in the sum. */
static void find_kinds(struct mkt_arm_reading *x, const struct mkt_unit_tally_range *range)
{
    for (size_t m = 0; m < x->columns.metrics; m++) {
        const struct mkt_arm_columns_metric *c = &x->columns.metric[m];
        struct mkt_arms_metric *out = &x->metric[m];
        mkt_arms_wide sum = 0, squares = 0;
        for (size_t i = 0; i < x->out->cells; i++) {
            sum += x->out->cell[i].sums[m].sum[MKT_ARMS_Y];
            squares += x->out->cell[i].sums[m].product[0];
        }
        bool within = range[m].least >= 0 && range[m].most <= 1000000;
        bool whole = x->r->column[c->variable[MKT_ARMS_Y]].type == MKT_TYPE_INTEGER;
        out->most =
            fmax(fabs((double)range[m].least), fabs((double)range[m].most)) / MKT_ARMS_MICRO;
        if (mkt_arm_reading_has(c, MKT_ARMS_D))
            out->kind = MKT_ARMS_RATIO;
        else if (within && squares == sum * 1000000)
            out->kind = MKT_ARMS_PROPORTION;
        else
            out->kind = whole && range[m].least >= 0 ? MKT_ARMS_COUNT : MKT_ARMS_MEAN;
    }
}

static mkt_status locate_broken(struct mkt_arm_reading *x)
{
    struct mkt_faults_cell cell[MKT_ARM_COLUMNS_METRICS * MKT_ARMS_VARIABLES + 1];
    size_t n = 0;
    for (size_t m = 0; m < x->columns.metrics; m++)
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++) {
            if (!mkt_arm_reading_has(&x->columns.metric[m], v)) continue;
            size_t column = x->columns.metric[m].variable[v];
            struct mkt_buf bad;
            mkt_buf_init(&bad, x->arena);
            mkt_arm_reading_add_bad(&bad, x->r, column);
            MKT_TRY(mkt_buf_check(&bad, x->err));
            bool text = x->r->column[column].type == MKT_TYPE_TEXT;
            cell[n++] = (struct mkt_faults_cell){
                column, bad.data, text ? "is no number, or too large a one" : "is too large"};
        }
    if (x->columns.day != MKT_NO_COLUMN) {
        struct mkt_buf bad;
        mkt_buf_init(&bad, x->arena);
        mkt_profile_add_day(&bad, x->r, x->columns.day);
        mkt_buf_str(&bad, " IS NULL");
        MKT_TRY(mkt_buf_check(&bad, x->err));
        cell[n++] = (struct mkt_faults_cell){x->columns.day, bad.data, "is no date"};
    }
    return mkt_faults_locate(x->arena, x->duck, x->r, cell, n, x->err);
}

static mkt_status count_broken(struct mkt_arm_reading *x)
{
    struct mkt_buf sql;
    int64_t count[2];
    const struct mkt_relation *r = x->r;
    mkt_buf_init(&sql, x->arena);
    mkt_buf_str(&sql, "SELECT count(*) FILTER (false");
    mkt_arm_reading_add_any_bad(&sql, x);
    if (x->columns.day != MKT_NO_COLUMN) {
        mkt_buf_str(&sql, " OR ");
        mkt_profile_add_day(&sql, r, x->columns.day);
        mkt_buf_str(&sql, " IS NULL");
    }
    mkt_buf_str(&sql, "), count(*) FILTER (");
    mkt_buf_str(&sql, "coalesce(mkt_nobody(");
    mkt_profile_add_text(&sql, r, x->columns.unit);
    mkt_buf_str(&sql, "), 1) = 1 OR ");
    mkt_arm_reading_add_variant(&sql, x);
    mkt_buf_printf(&sql, " IS NULL) FROM %s", r->from);
    MKT_TRY(mkt_buf_check(&sql, x->err));
    MKT_TRY(mkt_duck_numbers(x->duck, sql.data, r->show, count, 2, x->err));
    x->out->unnamed = count[1];
    if (x->treatment) return MKT_OK; /* counted at the first reading */
    x->r->broken += count[0];
    return count[0] ? locate_broken(x) : MKT_OK;
}

/* ---- walks over the units ------------------------------------------------------------------------ */

static mkt_status open_workers(struct units *u)
{
    struct mkt_arm_reading *x = u->x;
    for (; u->opened < x->threads; u->opened++) {
        size_t i = u->opened;
        MKT_TRY(mkt_arena_open(&u->arena[i], x->room.capacity, x->err));
        u->worker[i] = (struct worker){u, i};
        u->walk[i] = (struct mkt_units_walk){.user = &u->worker[i]};
    }
    return MKT_OK;
}

static void close_workers(struct units *u)
{
    for (size_t i = 0; i < u->opened; i++) {
        if (u->values[i]) mkt_unit_values_close(u->values[i]);
        mkt_arena_close(&u->arena[i]);
    }
}

static mkt_status keep_values(void *user, const struct mkt_unit *unit, struct mkt_err *err)
{
    const struct worker *w = user;
    const struct units *u = w->units;
    for (size_t m = 0; !unit->several && m < u->x->columns.metrics; m++)
        if (u->sought[m])
            MKT_TRY(mkt_unit_values_add(u->values[w->index], m,
                                        mkt_unit_tally_y(&u->metric[m], unit), err));
    return MKT_OK;
}

static mkt_status tally(void *user, const struct mkt_unit *unit, struct mkt_err *err)
{
    const struct worker *w = user;
    return mkt_unit_tally_add(&w->units->tally[w->index], unit, err);
}

static mkt_status walk(struct units *u,
                       mkt_status (*visit)(void *, const struct mkt_unit *, struct mkt_err *))
{
    struct mkt_arm_reading *x = u->x;
    for (size_t i = 0; i < x->threads; i++) u->walk[i].unit = visit;
    return mkt_arm_rows_walk(x, &u->rows, u->walk);
}

/* ---- caps that are a share of the units ---------------------------------------------------------- */

static mkt_status find_cap(struct units *u, size_t m)
{
    struct mkt_arm_reading *x = u->x;
    double share = cap_share(x, m);
    int64_t y = 0, units = mkt_unit_values_count(u->values, x->threads, m);
    if (!units) return MKT_OK;
    MKT_TRY(mkt_unit_values_at(x->arena, u->values, x->threads, m,
                               mkt_unit_values_rank(units, share), &y, x->err));
    double cap = (double)y / (u->metric[m].whole[MKT_ARMS_Y] ? 1 : MKT_ARMS_MICRO);
    if (!(cap > 0))
        return mkt_err_set(x->err, MKT_E_ARG,
                           "a cap of %s at %g %% of the units would be %g, and nothing would "
                           "be left of it: ask for a larger share or give the cap itself",
                           x->metric[m].name, 100 * share, cap);
    x->metric[m].cap = cap;
    return MKT_OK;
}

static mkt_status find_caps(struct units *u)
{
    struct mkt_arm_reading *x = u->x;
    bool any = false;
    for (size_t m = 0; m < x->columns.metrics; m++) {
        if (x->treatment) x->metric[m].cap = mkt_arm_reading_asked(x->treatment->cap, m);
        u->sought[m] = isfinite(cap_share(x, m));
        any = any || u->sought[m];
    }
    for (size_t i = 0; any && i < x->threads; i++) {
        u->values[i] = MKT_NEW(&u->arena[i], struct mkt_unit_values, 1);
        if (!u->values[i]) return mkt_arena_full(&u->arena[i], x->err);
        mkt_unit_values_init(u->values[i], &u->arena[i], x->room.limit, x->room.temp);
    }
    if (any) MKT_TRY(walk(u, keep_values));
    for (size_t m = 0; m < x->columns.metrics; m++)
        if (u->sought[m]) MKT_TRY(find_cap(u, m));
    for (size_t m = 0; m < x->columns.metrics; m++) u->metric[m].cap = x->metric[m].cap;
    return MKT_OK;
}

/* ---- arms ----------------------------------------------------------------------------------------- */

/* Names as they are shown. */
static mkt_status show_names(struct mkt_arm_reading *x, const struct mkt_names *names,
                             const char ***out)
{
    *out = MKT_NEW(x->arena, const char *, names->count + 1);
    for (size_t i = 0; *out && i < names->count; i++) {
        char room[MKT_NAME_MOST + 1];
        const char *s = mkt_daily_name(x->arena, names->name[i], strlen(names->name[i]), room);
        (*out)[i] = s ? mkt_arena_strdup(x->arena, s) : NULL;
        if (!(*out)[i]) return mkt_arena_full(x->arena, x->err);
    }
    return *out ? MKT_OK : mkt_arena_full(x->arena, x->err);
}

static mkt_status make_arms(struct units *u)
{
    struct mkt_arm_reading *x = u->x;
    const char **name[2];
    for (size_t i = 0; i < x->threads; i++)
        MKT_TRY(
            mkt_unit_tally_init(&u->tally[i], &u->arena[i], u->metric, x->columns.metrics, x->err));
    MKT_TRY(walk(u, tally));
    struct mkt_unit_tally *all = &u->tally[0];
    for (size_t i = 1; i < x->threads; i++)
        MKT_TRY(mkt_unit_tally_merge(all, &u->tally[i], x->err));
    MKT_TRY(show_names(x, &u->rows.view.variant, &name[0]));
    MKT_TRY(show_names(x, &u->rows.view.segment, &name[1]));
    const char *const *const names[2] = {name[0], name[1]};
    MKT_TRY(mkt_unit_tally_give(all, names, x->out, x->err));
    x->out->multiple = all->multiple;
    x->rows = u->rows.view.rows;
    for (size_t m = 0; m < x->columns.metrics; m++) {
        x->metric[m].capped = all->range[m].capped;
        x->metric[m].missing = all->range[m].missing;
    }
    return MKT_OK;
}

/* Errors of sums name the file. */
static mkt_status name_file(struct mkt_arm_reading *x, mkt_status status)
{
    if (status != MKT_E_LIMIT || strncmp(x->err->text, x->r->show, strlen(x->r->show)) == 0)
        return status;
    struct mkt_err why = *x->err;
    mkt_err_clear(x->err);
    return mkt_err_set(x->err, status, "%s: %s", x->r->show, why.text);
}

static mkt_status read_once(struct mkt_arm_reading *x, struct units *u)
{
    struct mkt_arm_rows_value value[MKT_UNITS_VALUES];
    memset(u, 0, sizeof *u);
    u->x = x;
    size_t values = place_values(u, value);
    mkt_status status = mkt_arm_rows_read(x, value, values, false, &u->rows);
    if (status == MKT_OK) status = open_workers(u);
    if (status == MKT_OK) status = find_caps(u);
    if (status == MKT_OK) status = make_arms(u);
    return name_file(x, status);
}

mkt_status mkt_arm_units_read(struct mkt_arm_reading *x)
{
    struct units *u = MKT_NEW(x->arena, struct units, 1);
    struct mkt_unit_tally_range range[MKT_ARM_COLUMNS_METRICS];
    if (!u) return mkt_arena_full(x->arena, x->err);
    bool anew = true;
    while (anew) {
        mkt_arm_reading_begin(x);
        mkt_status status = read_once(x, u);
        if (status == MKT_OK) memcpy(range, u->tally[0].range, x->columns.metrics * sizeof *range);
        close_workers(u);
        mkt_arm_rows_close(&u->rows);
        MKT_TRY(status);
        MKT_TRY(
            mkt_arm_reading_look_at_names(x, &u->rows.view.variant, &u->rows.view.segment, &anew));
    }
    x->out->rows = x->rows;
    if (x->rows != x->r->rows) MKT_TRY(count_broken(x));
    MKT_TRY(mkt_arms_finish(x->out, x->err));
    find_kinds(x, range);
    return MKT_OK;
}
