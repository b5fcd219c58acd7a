#include "source/arm_sums.h"

#include <math.h>

#include "base/tasks.h"
#include "source/arm_ranks.h"
#include "source/arm_totals.h"
#include "source/arm_units.h"
#include "source/reading.h"

#define BASE ((size_t)128 << 20)

/* Every column of numbers that is used. */
static mkt_status settle_numbers(struct mkt_arm_reading *x,
                                 const struct mkt_dataset_options *options)
{
    const struct mkt_arm_columns *c = &x->columns;
    size_t each = MKT_ARMS_VARIABLES + MKT_ARMS_PRODUCTS, n = 0;
    size_t *column = MKT_NEW(x->arena, size_t, c->metrics * each + 1);
    if (!column) return mkt_arena_full(x->arena, x->err);
    if (c->sums) column[n++] = c->unit;
    for (size_t m = 0; m < c->metrics; m++) {
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
            if (mkt_arm_reading_has(&c->metric[m], v)) column[n++] = c->metric[m].variable[v];
        for (int p = 0; c->sums && p < MKT_ARMS_PRODUCTS; p++)
            if (c->metric[m].product[p] != MKT_NO_COLUMN) column[n++] = c->metric[m].product[p];
    }
    return mkt_arm_reading_settle(x, column, n, options);
}

/* Every metric a mean so far: what it is shows in its values. */
static mkt_status settle(struct mkt_arm_reading *x, const struct mkt_dataset_options *options)
{
    const struct mkt_arm_columns *c = &x->columns;
    MKT_TRY(mkt_arm_reading_settle_day(x, options)); /* first: it settles all columns in its way */
    x->metric = MKT_NEW(x->arena, struct mkt_arms_metric, c->metrics);
    if (!x->metric) return mkt_arena_full(x->arena, x->err);
    for (size_t m = 0; m < c->metrics; m++) {
        x->metric[m] =
            (struct mkt_arms_metric){.name = c->metric[m].name,
                                     .kind = MKT_ARMS_MEAN,
                                     .covariate = mkt_arm_reading_has(&c->metric[m], MKT_ARMS_X),
                                     .cap = NAN,
                                     .most = NAN};
    }
    MKT_TRY(settle_numbers(x, options));
    return mkt_arm_reading_settle_segment(x);
}

static mkt_status read_ranks(struct mkt_arm_reading *x)
{
    for (size_t m = 0; x->treatment && m < x->columns.metrics; m++) {
        double q = mkt_arm_reading_asked(x->treatment->quantile, m);
        if (isfinite(q)) MKT_TRY(mkt_arm_ranks_read(x, m, q));
    }
    return MKT_OK;
}

/* Rows may take a sixteenth of the memory, or half of what is beyond the process and the buffers of its
 * readers; adding up units takes a thirty-second. */
static void share_memory(struct mkt_arm_reading *x, const struct mkt_dataset_options *options)
{
    size_t memory = options->memory ? options->memory : MKT_READING_MEMORY;
    size_t rows = memory / 16, beyond = memory > BASE ? (memory - BASE) / 2 : 0;
    x->threads = mkt_tasks_threads(x->duck->threads);
    x->walk_room = memory / 32 / x->threads;
    x->room =
        (struct mkt_rows_room){.capacity = memory,
                               .limit = (beyond > rows ? beyond : rows) / (size_t)x->duck->threads,
                               .temp = options->temp && *options->temp ? options->temp : "/tmp"};
}

mkt_status mkt_arm_sums_read(struct mkt_arena *arena, struct mkt_duck *duck,
                             struct mkt_relation *relation,
                             const struct mkt_dataset_options *options,
                             const struct mkt_arms_treatment *treatment, struct mkt_arms *out,
                             struct mkt_err *err)
{
    struct mkt_arm_reading x = {.arena = arena,
                                .duck = duck,
                                .r = relation,
                                .treatment = treatment,
                                .out = out,
                                .err = err};
    share_memory(&x, options);
    MKT_TRY(mkt_arm_columns_find(arena, relation, &x.columns, err));
    const struct mkt_arm_columns *c = &x.columns;
    if (c->sums && treatment)
        return mkt_err_set(err, MKT_E_ARG, "%s holds sums: a cap or a quantile needs a row a unit",
                           relation->show);
    MKT_TRY(settle(&x, options));
    out->respelled = out->respelled_segments = NULL;
    MKT_TRY(c->sums ? mkt_arm_totals_read(&x) : mkt_arm_units_read(&x));
    if (out->units == 0 && out->multiple == 0)
        return mkt_err_set(err, MKT_E_EMPTY, "%s has no row that can be used", relation->show);
    return read_ranks(&x);
}
