/* What the parts of the roi analysis share while a sheet is filled. Private to src/analysis/roi*.c. */
#ifndef MKT_ANALYSIS_ROI_WORK_H
#define MKT_ANALYSIS_ROI_WORK_H

#include "analysis/roi.h"
#include "model/elasticity.h"
#include "model/returns.h"

#define MKT_ROI_LARGEST 50 /* channels, segments, campaigns: so many of each are estimated */
#define MKT_ROI_COMPARED 8 /* the largest so many are compared with each other */
#define MKT_ROI_LEAST_CONVERSIONS 30 /* fewer cannot be compared */
#define MKT_ROI_SHORT_DAYS 56

struct mkt_roi_entity {
    const char *key;  /* "total", "search", "campaign.spring", "segment.new": opens the ids */
    const char *name; /* as shown; NULL for the whole */
    unsigned
        unknown;     /* bit m set: some of its spend is of a channel that does not tell measure m */
    bool few;        /* too few conversions to compare */
    bool comparable; /* has an interval on its return, and enough conversions */
    struct mkt_elasticity elasticity; /* channels only */
};

/* How sure one may be of a finding after picking it out of many, and whether it may be the headline. */
struct mkt_roi_candidate {
    const char *id;
    double confidence;
    bool opens;
};

struct mkt_roi_work {
    struct mkt_sheet *sheet;
    const struct mkt_performance *performance;
    const struct mkt_account *account;
    struct mkt_roi_options options;
    struct mkt_period asked;
    struct mkt_returns returns;
    struct mkt_roi_entity *entity; /* by place in returns.entity */
    size_t from, to;     /* what is compared: channels, or campaigns where there are none */
    mkt_measure outcome; /* that comparisons are about: revenue, else conversions, else clicks */
    bool has_outcome;
    const char *per;            /* "per euro" */
    double variance[MKT_SPANS]; /* tau^2 of model/confidence.h: between channels now, and of their
                                   changes since the earlier spans */
    struct mkt_roi_candidate *candidate;
    size_t candidates, candidate_cap;
    bool late; /* the last days look incomplete */
};

/* What the whole is called in a claim. */
static inline const char *mkt_roi_work_whole(const struct mkt_roi_work *w)
{
    return w->sheet->subject ? w->sheet->subject : "marketing as a whole";
}

/* An arena string, or MKT_E_NOMEM. */
#define MKT_ROI_TEXT(w, out, err, ...)                                                             \
    do {                                                                                           \
        (out) = mkt_arena_printf((w)->sheet->arena, __VA_ARGS__);                                  \
        if (!(out)) return mkt_arena_full((w)->sheet->arena, (err));                               \
    } while (0)

#endif
