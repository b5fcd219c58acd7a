/* What the parts of the experiment analysis share while a sheet is filled. */
#ifndef MKT_ANALYSIS_EXPERIMENT_WORK_H
#define MKT_ANALYSIS_EXPERIMENT_WORK_H

#include "analysis/experiment_verdict.h"
#include "fact/sheet.h"

struct mkt_experiment_work {
    struct mkt_sheet *sheet;
    const struct mkt_experiment *e;
    struct mkt_experiment_verdict verdict;
    const char **metric, **variant;                        /* names as the data have them */
    const char **metric_key, **variant_key, **segment_key; /* the same as parts of ids, unique */
};

/* Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_experiment_work_init(struct mkt_experiment_work *w,
                                                   struct mkt_sheet *sheet,
                                                   const struct mkt_experiment *e,
                                                   struct mkt_err *err);

/* "conversion.b.lift": the id of a fact about a metric in a variant. NULL when the arena is full. */
const char *mkt_experiment_work_id(const struct mkt_experiment_work *w, size_t metric,
                                   size_t variant, const char *what);

/* A metric's own unit. */
static inline mkt_unit mkt_experiment_work_unit(const struct mkt_experiment *e, size_t metric)
{
    return e->arms->metric[metric].kind == MKT_ARMS_PROPORTION ? MKT_UNIT_SHARE : MKT_UNIT_INDEX;
}

/* The unit of a metric's lift, or of its difference where the lift is absolute. */
static inline mkt_unit mkt_experiment_work_lift_unit(const struct mkt_experiment *e, size_t metric,
                                                     mkt_lift_scale scale)
{
    if (scale == MKT_LIFT_RELATIVE) return MKT_UNIT_CHANGE;
    return e->arms->metric[metric].kind == MKT_ARMS_PROPORTION ? MKT_UNIT_POINTS : MKT_UNIT_INDEX;
}

/* An arena string, or MKT_E_NOMEM. */
#define MKT_EXPERIMENT_TEXT(w, out, err, ...)                                                      \
    do {                                                                                           \
        (out) = mkt_arena_printf((w)->sheet->arena, __VA_ARGS__);                                  \
        if (!(out)) return mkt_arena_full((w)->sheet->arena, (err));                               \
    } while (0)

/* A caveat in such words. */
#define MKT_EXPERIMENT_SAY(w, err, id, weight, ...)                                                \
    mkt_sheet_say((w)->sheet, (id), (weight), mkt_arena_printf((w)->sheet->arena, __VA_ARGS__),    \
                  (err))

#endif
