#include "analysis/roi_headline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/confidence.h"

static double weight(const struct mkt_finding *f)
{
    return f->stake * fmax(2 * f->probability - 1, 0);
}

/* Heaviest first: stake times certainty; what is equal stands in order of its id. */
static int by_weight(const void *a, const void *b)
{
    double x = weight(a), y = weight(b);
    if (x != y) return x > y ? -1 : 1;
    return strcmp(((const struct mkt_finding *)a)->id, ((const struct mkt_finding *)b)->id);
}

void mkt_roi_headline_rank(struct mkt_sheet *sheet)
{
    if (sheet->findings) qsort(sheet->finding, sheet->findings, sizeof *sheet->finding, by_weight);
}

mkt_status mkt_roi_headline_offer(struct mkt_roi_work *w, const struct mkt_finding *finding,
                                  double tau2, double v, bool opens, struct mkt_err *err)
{
    double confidence = mkt_confidence(finding->probability, tau2, v);
    if (isnan(confidence)) return MKT_OK;
    struct mkt_roi_candidate *c = mkt_arena_push(w->sheet->arena, &w->candidate, &w->candidates,
                                                 &w->candidate_cap, sizeof *c);
    if (!c) return mkt_arena_full(w->sheet->arena, err);
    *c = (struct mkt_roi_candidate){finding->id, confidence, opens};
    return MKT_OK;
}

static const struct mkt_roi_candidate *candidate(const struct mkt_roi_work *w, const char *id)
{
    for (size_t i = 0; i < w->candidates; i++)
        if (strcmp(w->candidate[i].id, id) == 0) return &w->candidate[i];
    return NULL;
}

double mkt_roi_headline_confidence(const struct mkt_roi_work *w, const char *id)
{
    const struct mkt_roi_candidate *c = candidate(w, id);
    return c ? c->confidence : NAN;
}

static bool is_advised_from(const struct mkt_sheet *sheet, const char *id)
{
    for (size_t i = 0; i < sheet->findings; i++) {
        const struct mkt_finding *f = &sheet->finding[i];
        if (f->kind == MKT_FINDING_ACTION && f->becauses && strcmp(f->because[0], id) == 0)
            return true;
    }
    return false;
}

/* The candidate with the most at stake, counted with the certainty left after picking. */
static const struct mkt_finding *heaviest(const struct mkt_roi_work *w, bool advised)
{
    const struct mkt_finding *out = NULL;
    double best = -1;
    for (size_t i = 0; i < w->sheet->findings; i++) {
        const struct mkt_finding *f = &w->sheet->finding[i];
        const struct mkt_roi_candidate *c = candidate(w, f->id);
        if (!c || !c->opens || (advised && !is_advised_from(w->sheet, f->id))) continue;
        double worth = f->stake * (2 * c->confidence - 1);
        if (!(worth > best)) continue;
        best = worth;
        out = f;
    }
    return out;
}

void mkt_roi_headline_choose(struct mkt_roi_work *w)
{
    const struct mkt_finding *f = heaviest(w, true);
    if (!f) f = heaviest(w, false);
    if (!f) return;
    w->sheet->headline = f->id;
    w->sheet->confidence = candidate(w, f->id)->confidence;
}
