/* What the parts of the funnel analysis share while a sheet is filled. Private to
 * src/analysis/funnel*.c. */
#ifndef MKT_ANALYSIS_FUNNEL_WORK_H
#define MKT_ANALYSIS_FUNNEL_WORK_H

#include "analysis/funnel.h"
#include "model/step_worth.h"

#define MKT_FUNNEL_LEVEL .95
#define MKT_FUNNEL_Z 1.959963984540054
#define MKT_FUNNEL_FEW 100 /* units that enter; fewer tell little */

struct mkt_funnel_work {
    struct mkt_sheet *sheet;
    struct mkt_funnel_input input;
    const struct mkt_funnel_plan *plan;
    const struct mkt_funnels *f;
    size_t steps, last;
    const char *units, *unit;             /* "users", "user" */
    const char **key;                     /* [steps] "add_to_cart": opens the ids of its facts */
    struct mkt_step_rate *start, *before; /* [steps] */
    double value, value_se, value_n;      /* of a conversion; 1 where no money is known */
    bool money;                           /* value is money */
    double effect;                        /* of units that are alike, on the last rate */
    bool has_worth;
    struct mkt_step_worth worth; /* of the needed steps after the first */
    size_t *needed;              /* [needs] numbers of those steps */
    size_t needs;
};

/* What stands at the head of the sheet; and an answer that the data cannot give. */
void mkt_funnel_work_name(struct mkt_sheet *sheet, const struct mkt_account *account,
                          struct mkt_period period);
mkt_status mkt_funnel_work_insufficient(struct mkt_sheet *sheet, const char *missing,
                                        struct mkt_err *err);

/* A figure on its way into the sheet; one that is not finite is left out. */
struct mkt_funnel_figure {
    const char *id, *label, *scope, *entity, *metric;
    mkt_unit unit;
    double value, low, high; /* low and high NAN for none */
    const char *interval;    /* its kind */
    const char *why;         /* why there is none */
    double n;
    const char *n_of;
};
mkt_status mkt_funnel_work_add(struct mkt_funnel_work *w, const struct mkt_funnel_figure *x,
                               struct mkt_err *err);

/* A slug of `name` that none of used[n] is; after the n-th it is theirs. */
mkt_status mkt_funnel_work_key(struct mkt_funnel_work *w, const char *name, const char *const *used,
                               size_t n, const char **out, struct mkt_err *err);

/* Adds a table whose cells are the facts "<row's id>.<column's metric>" that the sheet holds;
 * columns without any are dropped, and rows. */
struct mkt_funnel_table {
    const char *id, *title, *scope, *note;
    const struct mkt_table_column *column;
    size_t columns;
    const char *const *row_id; /* [rows] */
    const char *const *row_label;
    size_t rows;
};
mkt_status mkt_funnel_work_table(struct mkt_funnel_work *w, const struct mkt_funnel_table *from,
                                 struct mkt_err *err);

/* Room for a chart's points and series; values are NAN. `bands`: with low and high, too. */
mkt_status mkt_funnel_work_chart(struct mkt_funnel_work *w, struct mkt_chart *chart, size_t points,
                                 size_t series, bool bands, struct mkt_err *err);

mkt_status mkt_funnel_work_caveat(struct mkt_funnel_work *w, const char *id, const char *text,
                                  mkt_caveat_weight weight, struct mkt_err *err);

/* A finding with up to two facts by id; ids that the sheet does not hold are left out. */
mkt_status mkt_funnel_work_find(struct mkt_funnel_work *w, struct mkt_finding f, const char *first,
                                const char *second, struct mkt_err *err);

mkt_status mkt_funnel_work_caveats(struct mkt_funnel_work *w, struct mkt_err *err);
mkt_status mkt_funnel_work_facts(struct mkt_funnel_work *w, struct mkt_err *err);
mkt_status mkt_funnel_work_findings(struct mkt_funnel_work *w, struct mkt_err *err);
mkt_status mkt_funnel_work_charts(struct mkt_funnel_work *w, struct mkt_err *err);
mkt_status mkt_funnel_work_segments(struct mkt_funnel_work *w, struct mkt_err *err);
mkt_status mkt_funnel_work_trend(struct mkt_funnel_work *w, struct mkt_err *err);
mkt_status mkt_funnel_work_next(struct mkt_funnel_work *w, struct mkt_err *err);
mkt_status mkt_funnel_work_retention(struct mkt_funnel_work *w, struct mkt_err *err);

/* "2026-03-02", "March 2026": a cohort by number of its period. NULL when the arena is full. */
const char *mkt_funnel_work_cohort(struct mkt_funnel_work *w, size_t cohort, bool as_date);
/* "day", "week", "month" */
const char *mkt_funnel_work_period(const struct mkt_funnel_work *w);

#define MKT_FUNNEL_TEXT(w, out, err, ...)                                                          \
    do {                                                                                           \
        (out) = mkt_arena_printf((w)->sheet->arena, __VA_ARGS__);                                  \
        if (!(out)) return mkt_arena_full((w)->sheet->arena, (err));                               \
    } while (0)

#endif
