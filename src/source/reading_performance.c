/* Tables of performance: each added up by itself, then all together. */
#include "source/reading.h"

#include "source/currency.h"
#include "source/daily.h"
#include "source/faults.h"
#include "source/micros.h"
#include "source/profile.h"
#include "source/span.h"
#include "source/spelling.h"

static bool is_performance(const struct mkt_relation *r)
{
    return r->is.kind == MKT_KIND_PERFORMANCE && !r->refused;
}

/* The channel of all rows, where no column tells it: the platform by name, else the file's stem. */
static mkt_status name_channel(struct mkt_arena *arena, struct mkt_relation *r, struct mkt_err *err)
{
    if (r->is.parts[MKT_ROLE_CHANNEL]) return MKT_OK;
    r->channel = r->platform ? r->platform : r->stem;
    r->is.why =
        mkt_arena_printf(arena, "%s; its channel is %s, after its name", r->is.why, r->channel);
    return r->is.why ? MKT_OK : mkt_arena_full(arena, err);
}

static mkt_status add_up(struct mkt_reading *x, struct mkt_relation *r, struct mkt_err *err)
{
    MKT_TRY(mkt_profile_settle(r, x->options, err));
    MKT_TRY(mkt_span_check(&x->caveats, &x->duck, r, err));
    MKT_TRY(name_channel(x->arena, r, err));
    MKT_TRY(mkt_daily_read(x->arena, &x->duck, r, err));
    MKT_TRY(mkt_faults_find(x->arena, &x->duck, r, err));
    MKT_TRY(mkt_micros_settle(&x->caveats, r, err));
    if (r->sums.cells) return MKT_OK;
    return mkt_err_set(err, MKT_E_EMPTY, "%s has no row that can be used", r->show);
}

mkt_status mkt_reading_performance(struct mkt_reading *x, struct mkt_err *err)
{
    struct mkt_relation *r = x->intake.relation;
    size_t n = x->intake.relations;
    for (size_t i = 0; i < n; i++)
        if (is_performance(&r[i])) MKT_TRY(mkt_profile_read(x->arena, &x->duck, &r[i], err));
    MKT_TRY(mkt_currency_settle(x->arena, &x->duck, r, n, MKT_KIND_PERFORMANCE, x->options,
                                &x->currency, err));
    for (size_t i = 0; i < n; i++) {
        mkt_reading_progress(x, "adding up", (double)i / (double)n);
        if (is_performance(&r[i])) MKT_TRY(add_up(x, &r[i], err));
    }
    for (size_t i = 0; i < n; i++)
        if (is_performance(&r[i]))
            MKT_TRY(mkt_quality_check(&x->caveats, &x->duck, &r[i], x->today, err));
    return MKT_OK;
}

/* A channel without revenue beside one that has it must not look like one that earned nothing. */
static mkt_status note_missing_measures(struct mkt_reading *x, struct mkt_err *err)
{
    static const mkt_measure results[] = {MKT_CONVERSIONS, MKT_REVENUE, MKT_NEW_CUSTOMERS};
    unsigned all = 0;
    for (size_t i = 0; i < x->intake.relations; i++)
        if (is_performance(&x->intake.relation[i])) all |= x->intake.relation[i].sums.measures;
    for (size_t i = 0; i < x->intake.relations; i++) {
        const struct mkt_relation *r = &x->intake.relation[i];
        if (!is_performance(r)) continue;
        for (size_t k = 0; k < sizeof results / sizeof *results; k++)
            if ((all & ~r->sums.measures) >> results[k] & 1U)
                MKT_TRY(mkt_caveats_add(&x->caveats, "measure_missing", MKT_CAVEAT_LIMIT, err,
                                        "%s tells no %s, other tables do: that of %s is unknown, "
                                        "not nothing",
                                        r->show, mkt_measure_name[results[k]],
                                        r->channel ? r->channel : "its channels"));
    }
    return MKT_OK;
}

/* Dimensions whose names are ids in some table: bit d for dimension d. */
static unsigned ids_of(const struct mkt_reading *x)
{
    unsigned ids = 0;
    for (size_t i = 0; i < x->intake.relations; i++) {
        const struct mkt_relation *r = &x->intake.relation[i];
        if (!is_performance(r)) continue;
        for (int d = 0; d < MKT_DIMENSIONS; d++) {
            const struct mkt_column *c = mkt_relation_column(r, (mkt_role)(MKT_ROLE_CHANNEL + d));
            if (c && mkt_naming_match(c->naming.text, "id|*_id|id_*|*_key")) ids |= 1U << d;
        }
    }
    return ids;
}

static mkt_status merge_sums(struct mkt_reading *x, struct mkt_performance *out, size_t *used,
                             struct mkt_err *err)
{
    const struct mkt_relation *only = NULL;
    *used = 0;
    for (size_t i = 0; i < x->intake.relations; i++)
        if (is_performance(&x->intake.relation[i])) {
            only = &x->intake.relation[i];
            ++*used;
        }
    if (*used == 0) return MKT_OK;
    if (*used == 1) {
        *out = only->sums;
        return MKT_OK;
    }
    mkt_performance_init(out, x->arena, 0, 0);
    for (size_t i = 0; i < x->intake.relations; i++)
        if (is_performance(&x->intake.relation[i]))
            MKT_TRY(mkt_performance_merge(out, &x->intake.relation[i].sums, err));
    return mkt_performance_finish(out, err);
}

mkt_status mkt_reading_unite(struct mkt_reading *x, struct mkt_performance *out, bool *found,
                             struct mkt_err *err)
{
    size_t used;
    MKT_TRY(note_missing_measures(x, err));
    MKT_TRY(merge_sums(x, out, &used, err));
    *found = used > 0;
    return *found ? mkt_spelling_merge(&x->caveats, out, ids_of(x), err) : MKT_OK;
}
