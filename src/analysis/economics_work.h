/* What the parts of the analysis unit_economics share while a sheet is filled. Private to
 * src/analysis/unit_economics.c and economics_*.c. */
#ifndef MKT_ANALYSIS_ECONOMICS_WORK_H
#define MKT_ANALYSIS_ECONOMICS_WORK_H

#include "aggregate/cohorts.h"
#include "analysis/unit_economics.h"
#include "model/lifetime.h"
#include "model/returns.h"

#define MKT_ECONOMICS_CHANNELS 24 /* that cost money; the largest by spend */
#define MKT_ECONOMICS_UNPAID 8
#define MKT_ECONOMICS_SEGMENTS 12
#define MKT_ECONOMICS_COMPARED 8
#define MKT_ECONOMICS_FEW 30 /* new customers; with fewer, nothing is compared */
#define MKT_ECONOMICS_LEVEL 0.95
#define MKT_ECONOMICS_INPUTS 6 /* that are moved to see what moves the result */

typedef enum {
    MKT_ECONOMICS_TOTAL,
    MKT_ECONOMICS_CHANNEL,
    MKT_ECONOMICS_SEGMENT,
    MKT_ECONOMICS_KIND
} mkt_economics_scope;

/* The whole, a channel, a segment or a kind of channel: one slice of the cohorts. */
struct mkt_economics_slice {
    mkt_economics_scope scope;
    const char *key;    /* "total", "search", "segment.new", "kind.email": opens the ids */
    const char *name;   /* as shown; NULL for the whole */
    const char *folded; /* in which it is compared (mkt_caseless_name) */
    const char *kind;   /* of a channel that costs money: "email" */
    bool paid;          /* it costs money */
    double spend;       /* in the period */
    double *month;      /* [calendar] spend by month */
    const struct mkt_entity *entity; /* in the returns; NULL where it is not there */
    size_t place;                    /* of that entity */
    double cac;                      /* spend for each new customer; NAN unknown */
    double cac_spread;               /* of its log; NAN unknown */
    struct mkt_lifetime life;
    double present; /* value on the first day of what its customers brought */
    double present_spend;
    double present_spread[MKT_COHORTS_RATES]; /* of log(present), at each rate; NAN unknown */
};

struct mkt_economics_work {
    struct mkt_sheet *sheet;
    struct mkt_unit_economics_input input;
    struct mkt_period period; /* in which customers came */
    int32_t last;             /* day up to which orders are told */
    bool money;               /* what an order leaves is known */
    bool spends;              /* spend is known */
    bool cut;                 /* the data do not cover the period asked for */
    bool by_channel;          /* customers and spend both tell channels */
    size_t horizon;           /* months, as far as the data go */
    size_t left_out;          /* channels beyond the largest, and their spend */
    double left_out_spend;
    struct mkt_economics_slice *slice;              /* [slices] */
    size_t slices, paid, channels, segments, kinds; /* paid: of the channels, the first */
    uint8_t *channel_map, *kind_map, *segment_map;
    bool *paid_map;
    struct mkt_cohorts cohorts;
    struct mkt_returns returns, kind_returns;
    bool fitted;                    /* the returns are there */
    double rate[MKT_COHORTS_RATES]; /* a year, growing; [discounted] is the one asked for */
    size_t discounted;
    double t;     /* quantile of their intervals */
    double *flow; /* [calendar] contribution less spend of the whole */
    double sensitivity[MKT_ECONOMICS_INPUTS][2]; /* NPV with less and more of each input */
    size_t incremental;                          /* channels of which is told what they caused */
    const char *silent; /* names of spending channels without a customer, or NULL */
    const char *young;  /* names of slices whose customers are not old enough, or NULL */
};

/* Slices and what was spent on each; then sums and estimates. */
mkt_status mkt_economics_work_slices(struct mkt_economics_work *w, struct mkt_err *err);
mkt_status mkt_economics_work_fit(struct mkt_economics_work *w, struct mkt_err *err);

/* What goes into the sheet, in this order. */
mkt_status mkt_economics_work_facts(struct mkt_economics_work *w, struct mkt_err *err);
mkt_status mkt_economics_work_ages(struct mkt_economics_work *w, struct mkt_err *err);
mkt_status mkt_economics_work_cash(struct mkt_economics_work *w, struct mkt_err *err);
mkt_status mkt_economics_work_scenarios(struct mkt_economics_work *w, struct mkt_err *err);
mkt_status mkt_economics_work_incremental(struct mkt_economics_work *w, struct mkt_err *err);
mkt_status mkt_economics_work_findings(struct mkt_economics_work *w, struct mkt_err *err);
mkt_status mkt_economics_work_actions(struct mkt_economics_work *w, struct mkt_err *err);
mkt_status mkt_economics_work_tables(struct mkt_economics_work *w, struct mkt_err *err);
mkt_status mkt_economics_work_charts(struct mkt_economics_work *w, struct mkt_err *err);
mkt_status mkt_economics_work_caveats(struct mkt_economics_work *w, struct mkt_err *err);

/* A figure on its way into the sheet; one that is not finite is left out. Its id is the key, a stop
 * and the metric. */
struct mkt_economics_figure {
    const char *key, *label, *scope, *entity, *metric;
    mkt_unit unit;
    double value, low, high; /* low and high NAN for none */
    const char *interval;    /* its kind */
    const char *why;         /* why there is none */
    double n;
    const char *n_of;
};
mkt_status mkt_economics_work_add(struct mkt_economics_work *w,
                                  const struct mkt_economics_figure *x, struct mkt_err *err);

/* "ROAS of search"; `label` alone for the whole. NULL when the arena is full. */
const char *mkt_economics_work_label(struct mkt_economics_work *w, const char *label,
                                     const char *name);
const char *mkt_economics_work_scope(mkt_economics_scope scope);

/* Standard error of the logarithm of what a slice's customers brought, at the discount rate. */
static inline double mkt_economics_work_spread(const struct mkt_economics_work *w,
                                               const struct mkt_economics_slice *slice)
{
    return slice->present_spread[w->discounted];
}

/* Whether the table of spend counts new customers, too, as roi does. */
static inline bool mkt_economics_work_two_counts(const struct mkt_economics_work *w)
{
    return w->spends && w->input.spend->measures >> MKT_NEW_CUSTOMERS & 1U;
}

/* The id of a fact that the sheet holds, or NULL. */
const char *mkt_economics_work_id(struct mkt_economics_work *w, const char *key,
                                  const char *metric);

mkt_status mkt_economics_work_caveat(struct mkt_economics_work *w, const char *id,
                                     mkt_caveat_weight weight, const char *text,
                                     struct mkt_err *err);
mkt_status mkt_economics_work_insufficient(struct mkt_economics_work *w, const char *missing,
                                           struct mkt_err *err);

const char *mkt_economics_work_input(size_t k); /* "prices" */

/* The first day of a month of the calendar, counted from the period's first, and "2026-03". */
int32_t mkt_economics_work_day(const struct mkt_economics_work *w, size_t month);
const char *mkt_economics_work_month(struct mkt_economics_work *w, size_t month);

/* value, with its interval from the spread of the logarithm of the part `above` 0 of it:
 * above exp(+-t spread) - below. */
void mkt_economics_work_worth(const struct mkt_economics_work *w, double above, double below,
                              double spread, struct mkt_economics_figure *out);

#define MKT_ECONOMICS_TEXT(w, out, err, ...)                                                       \
    do {                                                                                           \
        (out) = mkt_arena_printf((w)->sheet->arena, __VA_ARGS__);                                  \
        if (!(out)) return mkt_arena_full((w)->sheet->arena, (err));                               \
    } while (0)

#endif
