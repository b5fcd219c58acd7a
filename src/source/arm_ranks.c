#include "source/arm_ranks.h"

#include <string.h>

#include "aggregate/unit_values.h"
#include "base/tasks.h"
#include "source/arm_rows.h"
#include "source/daily.h"

enum {
    Y,
    BELOW,
    VALUES
}; /* of a unit: its values, in the second walk how many; those up to the quantile */

/* Sums over units, whole numbers. */
struct counts {
    int64_t units, b, d, bb, bd, dd;
};

/* What one thread works with. */
struct worker {
    struct ranking *ranking;
    struct mkt_arena arena;
    struct mkt_unit_values *values; /* a group an arm */
    struct counts counts[MKT_ARMS_VARIANTS];
};

struct ranking {
    struct mkt_arm_reading *x;
    struct mkt_arm_rows rows;
    size_t *arm;                       /* [variants of the rows] place among the arms' names */
    int64_t middle[MKT_ARMS_VARIANTS]; /* the quantile */
    struct mkt_units_walk walk[MKT_TASKS_THREADS];
    struct worker worker[MKT_TASKS_THREADS];
    struct mkt_unit_values *values[MKT_TASKS_THREADS];
    size_t opened;
};

#define NO_ARM SIZE_MAX /* all its units have another variant, too */

/* ---- walks ---------------------------------------------------------------------------------------- */

static size_t arm_of(const struct ranking *k, const struct mkt_unit *unit)
{
    return unit->several ? NO_ARM : k->arm[unit->variant];
}

static mkt_status keep_value(void *user, const struct mkt_unit *unit, const struct mkt_unit *row,
                             struct mkt_err *err)
{
    struct worker *w = user;
    size_t arm = arm_of(w->ranking, unit);
    if (arm == NO_ARM || row->value[Y] == MKT_UNITS_NONE) return MKT_OK;
    return mkt_unit_values_add(w->values, arm, row->value[Y], err);
}

static void make_counts(void *user, struct mkt_unit *row)
{
    const struct worker *w = user;
    size_t arm = w->ranking->arm[row->variant];
    bool there = row->value[Y] != MKT_UNITS_NONE;
    row->value[BELOW] = there && arm != NO_ARM && row->value[Y] <= w->ranking->middle[arm];
    row->value[Y] = there;
}

static mkt_status add_counts(void *user, const struct mkt_unit *unit, struct mkt_err *err)
{
    struct worker *w = user;
    size_t arm = arm_of(w->ranking, unit);
    int64_t d = unit->value[Y], b = unit->value[BELOW];
    (void)err;
    if (arm == NO_ARM || d == 0) return MKT_OK;
    struct counts *c = &w->counts[arm];
    c->units++;
    c->b += b;
    c->d += d;
    c->bb += b * b;
    c->bd += b * d;
    c->dd += d * d;
    return MKT_OK;
}

static mkt_status open_workers(struct ranking *k)
{
    struct mkt_arm_reading *x = k->x;
    for (; k->opened < x->threads; k->opened++) {
        struct worker *w = &k->worker[k->opened];
        w->ranking = k;
        MKT_TRY(mkt_arena_open(&w->arena, x->room.capacity, x->err));
        w->values = MKT_NEW(&w->arena, struct mkt_unit_values, 1);
        if (!w->values) {
            mkt_status status = mkt_arena_full(&w->arena, x->err);
            mkt_arena_close(&w->arena);
            return status;
        }
        mkt_unit_values_init(w->values, &w->arena, x->room.limit / 2, x->room.temp);
        k->values[k->opened] = w->values;
        k->walk[k->opened].user = w;
    }
    return MKT_OK;
}

/* ---- arms ----------------------------------------------------------------------------------------- */

/* The arm of each variant; two of one name cannot be told apart in the answer. */
static mkt_status find_arms(struct ranking *k)
{
    const struct mkt_arm_reading *x = k->x;
    const struct mkt_names *variant = &k->rows.view.variant;
    k->arm = MKT_NEW(x->arena, size_t, variant->count + 1);
    if (!k->arm) return mkt_arena_full(x->arena, x->err);
    for (size_t i = 0; i < variant->count; i++) {
        char room[MKT_NAME_MOST + 1];
        const char *raw = variant->name[i],
                   *name = mkt_daily_name(x->arena, raw, strlen(raw), room);
        if (!name) return mkt_arena_full(x->arena, x->err);
        k->arm[i] = NO_ARM;
        for (size_t a = 0; a < x->out->names[0]; a++)
            if (strcmp(x->out->name[0][a], name) == 0) k->arm[i] = a;
        for (size_t j = 0; j < i && k->arm[i] != NO_ARM; j++)
            if (k->arm[j] == k->arm[i])
                return mkt_err_set(x->err, MKT_E_DATA,
                                   "%s has two variants that both show as \"%s\": give them names "
                                   "that differ",
                                   x->r->show, x->out->name[0][k->arm[i]]);
    }
    return MKT_OK;
}

static mkt_status value_at(const struct ranking *k, size_t arm, int64_t rank, int64_t *out)
{
    const struct mkt_arm_reading *x = k->x;
    return mkt_unit_values_at(x->arena, k->values, x->threads, arm, rank, out, x->err);
}

static struct mkt_ranks_sums sums_of(const struct ranking *k, size_t arm)
{
    struct counts all = {0};
    for (size_t i = 0; i < k->x->threads; i++) {
        const struct counts *c = &k->worker[i].counts[arm];
        all.units += c->units;
        all.b += c->b;
        all.d += c->d;
        all.bb += c->bb;
        all.bd += c->bd;
        all.dd += c->dd;
    }
    return (struct mkt_ranks_sums){.units = all.units,
                                   .b = (double)all.b,
                                   .d = (double)all.d,
                                   .bb = (double)all.bb,
                                   .bd = (double)all.bd,
                                   .dd = (double)all.dd};
}

static mkt_status rank_arm(const struct ranking *k, size_t arm, double q, double scale,
                           struct mkt_ranks *out)
{
    int64_t n = mkt_unit_values_count(k->values, k->x->threads, arm), low, high;
    if (!n) return MKT_OK;
    struct mkt_ranks_sums sums = sums_of(k, arm);
    struct mkt_ranks_places at = mkt_ranks_places_of(n, q, mkt_ranks_share_se(&sums, q));
    MKT_TRY(value_at(k, arm, at.low, &low));
    MKT_TRY(value_at(k, arm, at.high, &high));
    *out = (struct mkt_ranks){.values = n,
                              .units = sums.units,
                              .value = (double)k->middle[arm] / scale,
                              .low = (double)low / scale,
                              .high = (double)high / scale};
    return MKT_OK;
}

static mkt_status rank_arms(struct ranking *k, size_t metric, double q, struct mkt_ranks *ranks)
{
    struct mkt_arm_reading *x = k->x;
    const struct mkt_arm_rows_value value[VALUES] = {{metric, MKT_ARMS_Y}, {metric, MKT_ARMS_Y}};
    size_t column = x->columns.metric[metric].variable[MKT_ARMS_Y];
    double scale = mkt_arm_reading_is_whole(&x->r->column[column]) ? 1 : MKT_ARMS_MICRO;
    MKT_TRY(mkt_arm_rows_read(x, value, VALUES, true, &k->rows));
    MKT_TRY(open_workers(k));
    MKT_TRY(find_arms(k));
    for (size_t i = 0; i < x->threads; i++) k->walk[i].row = keep_value;
    MKT_TRY(mkt_arm_rows_walk(x, &k->rows, k->walk));
    for (size_t a = 0; a < x->out->names[0]; a++) {
        int64_t n = mkt_unit_values_count(k->values, x->threads, a);
        if (n) MKT_TRY(value_at(k, a, mkt_unit_values_rank(n, q), &k->middle[a]));
    }
    for (size_t i = 0; i < x->threads; i++) {
        k->walk[i].row = NULL;
        k->walk[i].change = make_counts;
        k->walk[i].unit = add_counts;
    }
    MKT_TRY(mkt_arm_rows_walk(x, &k->rows, k->walk));
    for (size_t a = 0; a < x->out->names[0]; a++) MKT_TRY(rank_arm(k, a, q, scale, &ranks[a]));
    return MKT_OK;
}

mkt_status mkt_arm_ranks_read(struct mkt_arm_reading *x, size_t metric, double q)
{
    struct ranking *k = MKT_NEW(x->arena, struct ranking, 1);
    struct mkt_ranks *ranks = MKT_NEW(x->arena, struct mkt_ranks, x->out->names[0]);
    if (!k || !ranks) return mkt_arena_full(x->arena, x->err);
    k->x = x;
    mkt_status status = rank_arms(k, metric, q, ranks);
    for (size_t i = 0; i < k->opened; i++) {
        mkt_unit_values_close(k->worker[i].values);
        mkt_arena_close(&k->worker[i].arena);
    }
    mkt_arm_rows_close(&k->rows);
    MKT_TRY(status);
    struct mkt_arms_metric *m = &x->metric[metric];
    m->kind = MKT_ARMS_QUANTILE;
    m->covariate = false;
    m->quantile = q;
    m->ranks = ranks;
    return MKT_OK;
}
