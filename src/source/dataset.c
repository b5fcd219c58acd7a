#include "source/dataset.h"

#include <string.h>

#include "source/actions.h"
#include "source/campaign_names.h"
#include "source/ledger.h"
#include "source/overlap.h"
#include "source/reading.h"

#define MEMORY_LEAST ((size_t)64 << 20)

/* What may be asked of a data set. */
enum { ASK_PERFORMANCE, ASK_JOURNEYS, ASK_EVENTS, ASK_ARMS, ASK_PURCHASES, ASKS };

static const struct {
    mkt_kind kind;
    const char *needed;
} ask[ASKS] = {
    {MKT_KIND_PERFORMANCE, "no usable table: a date, spend and a channel or campaign are needed"},
    {MKT_KIND_TOUCHPOINTS,
     "there is no table of journeys: touchpoints with user, time, channel and "
     "conversion, or paths (a > b > c) with conversions, are needed"},
    {MKT_KIND_EVENTS, "there is no table of events: one with user, time and event (visit, "
                      "add_to_cart, purchase, ...) in each row is needed"},
    {MKT_KIND_EXPERIMENT, "the data hold no experiment: a table with unit, variant and one or more "
                          "metrics is needed, or one with n, sum and sum_squares by variant"},
    {MKT_KIND_TRANSACTIONS, "there is no table of orders: one with customer, date and amount in "
                            "each row is needed"},
};

struct mkt_dataset {
    struct mkt_arena arena; /* holds the data set itself, too */
    struct mkt_account account;
    struct mkt_performance performance;
    bool has_performance;
    const char *why_not[ASKS]; /* the sentence where it does not hold that; NULL */
    struct mkt_arms_found arms;
    struct mkt_rows_found rows;
    const char *path; /* as it was opened, to read the arms once more */
    struct mkt_dataset_options options;
};

static mkt_status read_tables(struct mkt_reading *x, struct mkt_dataset *out, struct mkt_err *err)
{
    struct mkt_intake *in = &x->intake;
    MKT_TRY(mkt_reading_performance(x, err));
    MKT_TRY(mkt_reading_arms(x, &out->arms, err));
    MKT_TRY(mkt_actions_join(&x->caveats, &x->duck, in->relation, in->relations, x->options, err));
    MKT_TRY(mkt_campaign_names_join(x->arena, &x->duck, in->relation, in->relations, err));
    MKT_TRY(mkt_reading_rows(x, &out->rows, err));
    return mkt_overlap_resolve(&x->caveats, &x->duck, in->relation, in->relations, err);
}

/* Nothing at all can be used. */
static mkt_status refuse(const struct mkt_reading *x, struct mkt_err *err)
{
    static const char any[] = "no usable table: what advertising cost (date, spend, channel or "
                              "campaign), touchpoints (user, time, channel, conversion), paths "
                              "(a > b > c, conversions), events (user, time, event), an experiment "
                              "(unit, variant, metric) or orders (customer, date, amount) are "
                              "needed";
    const struct mkt_intake *in = &x->intake;
    mkt_kind asked = x->options->asked == MKT_KIND_PATHS ? MKT_KIND_TOUCHPOINTS : x->options->asked;
    const char *why, *needed = any;
    size_t i = 0;
    while (i < ASKS && ask[i].kind != asked) i++;
    if (i < ASKS) needed = ask[i].needed;
    MKT_TRY(mkt_ledger_nothing(x->arena, in->relation, in->relations,
                               i < ASKS ? asked : MKT_KIND_NONE, needed, &why, err));
    return mkt_err_set(err, MKT_E_EMPTY, "%s", why);
}

static mkt_status conclude(struct mkt_reading *x, struct mkt_dataset *out, struct mkt_err *err)
{
    struct mkt_intake *in = &x->intake;
    size_t known = 0;
    for (size_t i = 0; i < in->relations; i++)
        known += !in->relation[i].refused && in->relation[i].is.kind != MKT_KIND_NONE;
    if (!known) return refuse(x, err);
    MKT_TRY(mkt_reading_unite(x, &out->performance, &out->has_performance, err));
    MKT_TRY(mkt_ledger_write(x->arena, in->relation, in->relations, &x->caveats, x->currency,
                             &out->account, err));
    const struct mkt_rows_found *rows = &out->rows;
    const bool there[ASKS] = {
        [ASK_PERFORMANCE] = out->has_performance,
        [ASK_JOURNEYS] = rows->journeys.has_touchpoints || rows->journeys.has_paths,
        [ASK_EVENTS] = rows->events.parts > 0 || rows->events.why_none,
        [ASK_ARMS] = out->arms.there || out->arms.fault.status != MKT_OK,
        [ASK_PURCHASES] = rows->purchases.has_orders || rows->purchases.why_none};
    for (size_t i = 0; i < ASKS; i++)
        if (!there[i])
            MKT_TRY(mkt_ledger_nothing(x->arena, in->relation, in->relations, ask[i].kind,
                                       ask[i].needed, &out->why_not[i], err));
    return MKT_OK;
}

static mkt_status check_options(const struct mkt_dataset_options *o, struct mkt_err *err)
{
    if (o->dates && strcmp(o->dates, "day-first") != 0 && strcmp(o->dates, "month-first") != 0)
        return mkt_err_set(err, MKT_E_ARG, "--dates is day-first or month-first, not \"%s\"",
                           o->dates);
    if (o->decimal && strcmp(o->decimal, "comma") != 0 && strcmp(o->decimal, "point") != 0)
        return mkt_err_set(err, MKT_E_ARG, "--decimal is comma or point, not \"%s\"", o->decimal);
    if (o->memory && o->memory < MEMORY_LEAST)
        return mkt_err_set(err, MKT_E_ARG, "the least memory for a data set is %zu MB",
                           MEMORY_LEAST >> 20);
    return MKT_OK;
}

/* What is needed to read the same data in the same way again. */
static mkt_status remember(struct mkt_dataset *out, const char *path,
                           const struct mkt_dataset_options *options, struct mkt_err *err)
{
    struct mkt_arena *a = &out->arena;
    struct mkt_dataset_options *o = &out->options;
    *o = (struct mkt_dataset_options){.maps = options->maps,
                                      .memory = options->memory,
                                      .threads = options->threads,
                                      .today = options->today};
    const char **map = MKT_NEW(a, const char *, o->maps + 1);
    bool full = !map || !(out->path = mkt_arena_strdup(a, path));
    for (size_t i = 0; !full && i < o->maps; i++)
        full = !(map[i] = mkt_arena_strdup(a, options->map[i]));
    const char *const from[] = {options->dates, options->decimal, options->currency, options->temp};
    const char **const to[] = {&o->dates, &o->decimal, &o->currency, &o->temp};
    for (size_t i = 0; !full && i < sizeof from / sizeof *from; i++)
        full = from[i] && !(*to[i] = mkt_arena_strdup(a, from[i]));
    o->map = map;
    return full ? mkt_arena_full(a, err) : MKT_OK;
}

static mkt_status read_all(struct mkt_dataset *out, const char *path,
                           const struct mkt_dataset_options *options, struct mkt_err *err)
{
    struct mkt_reading x;
    mkt_status status = mkt_reading_open(&x, &out->arena, path, options, true, err);
    if (status == MKT_OK) status = read_tables(&x, out, err);
    if (status == MKT_OK) status = conclude(&x, out, err);
    mkt_reading_close(&x);
    return status;
}

mkt_status mkt_dataset_open(const char *path, const struct mkt_dataset_options *options,
                            struct mkt_dataset **out, struct mkt_err *err)
{
    static const struct mkt_dataset_options none;
    if (!options) options = &none;
    *out = NULL;
    MKT_TRY(check_options(options, err));
    struct mkt_arena arena;
    MKT_TRY(mkt_arena_open(&arena, options->memory ? options->memory : MKT_READING_MEMORY, err));
    struct mkt_dataset *dataset = MKT_NEW(&arena, struct mkt_dataset, 1);
    if (!dataset) {
        mkt_status status = mkt_arena_full(&arena, err);
        mkt_arena_close(&arena);
        return status;
    }
    dataset->arena = arena; /* from here on only this one is used */
    mkt_status status = remember(dataset, path, options, err);
    if (status == MKT_OK) status = read_all(dataset, path, options, err);
    if (status != MKT_OK)
        mkt_dataset_close(dataset);
    else
        *out = dataset;
    return status;
}

void mkt_dataset_close(struct mkt_dataset *dataset)
{
    if (!dataset) return;
    mkt_reading_rows_close(&dataset->rows);
    struct mkt_arena arena = dataset->arena;
    mkt_arena_close(&arena);
}

const struct mkt_account *mkt_dataset_account(const struct mkt_dataset *dataset)
{
    return &dataset->account;
}

/* Errors  MKT_E_EMPTY  no table tells it, or none that can be read: `why_none`, else what is needed */
static mkt_status check_found(const struct mkt_dataset *dataset, size_t asked, bool found,
                              const char *why_none, struct mkt_err *err)
{
    if (found && !why_none) return MKT_OK;
    const char *why = why_none ? why_none : dataset->why_not[asked];
    return mkt_err_set(err, MKT_E_EMPTY, "%s", why ? why : ask[asked].needed);
}

mkt_status mkt_dataset_performance(struct mkt_dataset *dataset, const struct mkt_performance **out,
                                   struct mkt_err *err)
{
    *out = NULL;
    MKT_TRY(check_found(dataset, ASK_PERFORMANCE, dataset->has_performance, NULL, err));
    *out = &dataset->performance;
    return MKT_OK;
}

mkt_status mkt_dataset_arms(struct mkt_dataset *dataset, const struct mkt_arms **out,
                            struct mkt_err *err)
{
    const struct mkt_arms_found *found = &dataset->arms;
    *out = NULL;
    if (found->fault.status != MKT_OK)
        return mkt_err_set(err, found->fault.status, "%s", found->fault.text);
    MKT_TRY(check_found(dataset, ASK_ARMS, found->there, NULL, err));
    *out = &found->arms;
    return MKT_OK;
}

mkt_status mkt_dataset_arms_treated(const struct mkt_dataset *dataset, struct mkt_arena *arena,
                                    const struct mkt_arms_treatment *treatment,
                                    const atomic_bool *cancel, const struct mkt_arms **out,
                                    struct mkt_err *err)
{
    struct mkt_reading x;
    struct mkt_dataset_options options = dataset->options;
    options.cancel = cancel;
    struct mkt_arms *arms = MKT_NEW(arena, struct mkt_arms, 1);
    if (!arms) return mkt_arena_full(arena, err);
    mkt_status status = mkt_reading_open(&x, arena, dataset->path, &options, false, err);
    if (status == MKT_OK)
        status = mkt_reading_arms_treated(&x, &dataset->account, treatment, arms, err);
    mkt_reading_close(&x);
    *out = arms;
    return status;
}

mkt_status mkt_dataset_journeys(struct mkt_dataset *dataset, struct mkt_dataset_journeys *out,
                                struct mkt_err *err)
{
    const struct mkt_touches *t = &dataset->rows.journeys;
    *out = (struct mkt_dataset_journeys){.part = t->part,
                                         .parts = t->has_touchpoints ? t->parts : 0,
                                         .paths = t->has_paths ? &t->paths : NULL,
                                         .conversions = t->has_conversions || t->has_paths,
                                         .values = t->has_values,
                                         .nulls = t->has_nulls,
                                         .views = t->has_views,
                                         .withheld = t->has_withheld,
                                         .campaigns = t->has_campaigns,
                                         .user = t->user,
                                         .users = t->users,
                                         .spend = t->has_spend ? &t->spend : NULL};
    return check_found(dataset, ASK_JOURNEYS, out->parts || out->paths, NULL, err);
}

mkt_status mkt_dataset_events(struct mkt_dataset *dataset, struct mkt_dataset_events *out,
                              struct mkt_err *err)
{
    const struct mkt_event_rows *e = &dataset->rows.events;
    *out = (struct mkt_dataset_events){.part = e->part,
                                       .parts = e->parts,
                                       .properties = e->properties,
                                       .left_out = e->left_out,
                                       .values = e->has_values,
                                       .sessions = e->has_sessions};
    for (size_t p = 0; p < e->properties; p++) {
        out->property[p] = e->property[p].name;
        out->role[p] = e->property[p].role;
    }
    return check_found(dataset, ASK_EVENTS, e->parts > 0, e->why_none, err);
}

mkt_status mkt_dataset_purchases(struct mkt_dataset *dataset, struct mkt_dataset_purchases *out,
                                 struct mkt_err *err)
{
    const struct mkt_purchase_rows *p = &dataset->rows.purchases;
    *out = (struct mkt_dataset_purchases){.part = p->part,
                                          .parts = p->parts,
                                          .customers = p->has_customers,
                                          .costs = p->has_cost,
                                          .channels = p->has_channels,
                                          .segments = p->has_segments,
                                          .starts = p->has_starts,
                                          .refunds = p->refunds};
    return check_found(dataset, ASK_PURCHASES, p->has_orders, p->why_none, err);
}
