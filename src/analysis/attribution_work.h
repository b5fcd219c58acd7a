/* What the parts of the attribution analysis share while a sheet is filled. Private to
 * src/analysis/attribution*.c. */
#ifndef MKT_ANALYSIS_ATTRIBUTION_WORK_H
#define MKT_ANALYSIS_ATTRIBUTION_WORK_H

#include "analysis/attribution.h"
#include "model/contexts.h"
#include "model/credit_draws.h"
#include "model/exposure_limits.h"
#include "model/holdout.h"
#include "model/order_choice.h"

#define MKT_ATTRIBUTION_LARGEST 50 /* channels that have facts */
#define MKT_ATTRIBUTION_MODELS (MKT_CREDITS_RULES + 2)
#define MKT_ATTRIBUTION_FEW 100 /* conversions; fewer tell little */

struct mkt_attribution_channel {
    size_t place;     /* in paths->channel: a channel, or a campaign of one */
    const char *key;  /* "paid_search": opens the ids of its facts */
    const char *name; /* as the data has it */
    double spend;     /* on the journeys' days; NAN when not known */
};

struct mkt_attribution_model {
    const char *name;  /* "last": opens its metrics */
    const char *label; /* "last touch" */
    size_t draws;      /* place among the models of the draws */
};

#define MKT_ATTRIBUTION_OFFERS 48 /* findings that can head the answer, at most */

/* A finding, and how sure it is once the spread between channels is counted. */
struct mkt_attribution_offer {
    const char *id;
    double confidence;
};

struct mkt_attribution_work {
    struct mkt_sheet *sheet;
    struct mkt_attribution_input input;
    const char *scope; /* "channel", or "campaign": then a channel below is one of its campaigns */
    bool campaigns;    /* the latter */
    struct mkt_attribution_channel *channel; /* largest linear credit first */
    size_t channels, left_out;
    bool priced; /* the journeys hold the conversions that the spend brought: see coverage */
    struct mkt_attribution_model model[MKT_ATTRIBUTION_MODELS];
    size_t models, last, reference; /* places in model */
    struct mkt_credit_draws draws;
    struct mkt_attribution_offer offer[MKT_ATTRIBUTION_OFFERS];
    size_t offers;
    double *total; /* sums of all users */
    struct mkt_order_choice order;
    size_t memory; /* order of the longer chain, 0 for none */
    struct mkt_contexts_credit longer;
    bool has_incremental; /* from exposure; then: */
    struct mkt_incremental incremental;
    struct mkt_exposure_limits limits;
    size_t repelling; /* channels clearly below nothing: then has_incremental is false */
    struct mkt_holdout_effect *held_out; /* [paths->channel.count], NULL without holdouts */
    size_t holdouts, leaky, few;         /* channels by what their holdout tells */
};

/* The figure of a model, and its interval. */
double mkt_attribution_work_point(const struct mkt_attribution_work *w, size_t model, bool value,
                                  size_t channel);
void mkt_attribution_work_interval(const struct mkt_attribution_work *w, size_t model, bool value,
                                   size_t channel, double *low, double *high);
/* The draws of it. */
const float *mkt_attribution_work_drawn(const struct mkt_attribution_work *w, size_t model,
                                        bool value, size_t channel);

/* An arena string "<channel's key>.<model>_<what>", NULL when the arena is full. */
const char *mkt_attribution_work_id(struct mkt_attribution_work *w, size_t channel,
                                    const char *model, const char *what);

/* MKT_E_CANCELLED when the run was cancelled. */
mkt_status mkt_attribution_work_look(const struct mkt_attribution_work *w, struct mkt_err *err);
/* Chooses channels and models, and draws their credit. */
mkt_status mkt_attribution_work_draw(struct mkt_attribution_work *w, struct mkt_err *err);
/* The same, and the models that are not drawn. */
mkt_status mkt_attribution_work_fit(struct mkt_attribution_work *w, struct mkt_err *err);
/* Spend on a channel of that slug on the journeys' days, or on a campaign of it; NAN when not
 * known.   campaign  NULL for all of the channel */
mkt_status mkt_attribution_work_spend(struct mkt_attribution_work *w, const char *channel,
                                      const char *campaign, double *out, struct mkt_err *err);
/* Name, key and spend of the campaign at c->place. */
mkt_status mkt_attribution_work_campaign(struct mkt_attribution_work *w,
                                         struct mkt_attribution_channel *c, struct mkt_err *err);
/* Compares what journeys and the performance table tell of the same days: sets w->priced, and says
 * why credit is not set against spend where it is not. */
mkt_status mkt_attribution_work_coverage(struct mkt_attribution_work *w, struct mkt_err *err);
/* Credit of one channel by one model: conversions, value, and with spend their price. */
mkt_status mkt_attribution_work_credit(struct mkt_attribution_work *w, size_t model, size_t channel,
                                       struct mkt_err *err);
/* What was spent on it, where that is known. */
mkt_status mkt_attribution_work_cost(struct mkt_attribution_work *w, size_t channel,
                                     struct mkt_err *err);
mkt_status mkt_attribution_work_facts(struct mkt_attribution_work *w, struct mkt_err *err);
mkt_status mkt_attribution_work_findings(struct mkt_attribution_work *w, struct mkt_err *err);
mkt_status mkt_attribution_work_caveats(struct mkt_attribution_work *w, struct mkt_err *err);
/* One figure of all models as a table, where there is any; `what` is "conversions", "value", ... */
mkt_status mkt_attribution_work_side_by_side(struct mkt_attribution_work *w, const char *id,
                                             const char *title, const char *what, mkt_unit unit,
                                             struct mkt_err *err);
mkt_status mkt_attribution_work_tables(struct mkt_attribution_work *w, struct mkt_err *err);
/* Credit by the reference model with its intervals. */
mkt_status mkt_attribution_work_reference_chart(struct mkt_attribution_work *w, const char *id,
                                                const char *title, struct mkt_err *err);
/* Facts, tables and a chart of the campaigns; `channels` is filled already. */
mkt_status mkt_attribution_work_campaigns(struct mkt_attribution_work *channels,
                                          struct mkt_err *err);
/* The transition matrix and the flows from touch to touch as charts. */
mkt_status mkt_attribution_work_flow(struct mkt_attribution_work *w, struct mkt_err *err);
mkt_status mkt_attribution_work_charts(struct mkt_attribution_work *w, struct mkt_err *err);

#define MKT_ATTRIBUTION_TEXT(w, out, err, ...)                                                     \
    do {                                                                                           \
        (out) = mkt_arena_printf((w)->sheet->arena, __VA_ARGS__);                                  \
        if (!(out)) return mkt_arena_full((w)->sheet->arena, (err));                               \
    } while (0)

#endif
