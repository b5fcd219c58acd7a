#include "source/arm_sums.h"

#include <math.h>

#include "source/arm_ranks.h"
#include "source/arm_totals.h"
#include "source/arm_units.h"

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
        for (int v = 0; v < MKT_ARMS_VARIABLES; v++)
            if (mkt_arm_reading_has(&c->metric[m], v))
                MKT_TRY(mkt_arm_reading_settle(x, c->metric[m].variable[v], options));
    }
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
    MKT_TRY(mkt_arm_columns_find(arena, relation, &x.columns, err));
    const struct mkt_arm_columns *c = &x.columns;
    if (c->sums && treatment)
        return mkt_err_set(err, MKT_E_ARG, "%s holds sums: a cap or a quantile needs a row a unit",
                           relation->show);
    MKT_TRY(settle(&x, options));
    mkt_arms_init(out, arena, x.metric, c->metrics, c->day != MKT_NO_COLUMN,
                  c->segment != MKT_NO_COLUMN);
    MKT_TRY(c->sums ? mkt_arm_totals_read(&x) : mkt_arm_units_read(&x));
    if (out->units == 0 && out->multiple == 0)
        return mkt_err_set(err, MKT_E_EMPTY, "%s has no row that can be used", relation->show);
    return read_ranks(&x);
}
