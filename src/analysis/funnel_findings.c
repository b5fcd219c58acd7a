#include "analysis/funnel_work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fact/format.h"

#define NO_BEST .4 /* a step that is less likely the best is not named */

/* Where people are lost, as the sentence that opens the answer. */
static mkt_status set_verdict(struct mkt_funnel_work *w, struct mkt_err *err)
{
    const struct mkt_step_rate *all = &w->start[w->last];
    char entered[MKT_FORMAT_TEXT], came[MKT_FORMAT_TEXT], share[MKT_FORMAT_TEXT];
    char range[MKT_FORMAT_RANGE], lost[MKT_FORMAT_TEXT], off[MKT_FORMAT_TEXT];
    const char *const *label = w->input.label;
    const char *most = "";
    size_t worst = 0;
    double gone = 0;
    for (size_t i = 0; i < w->needs; i++) {
        const struct mkt_step_rate *r = &w->before[w->needed[i]];
        if (!(r->trials - r->successes > gone)) continue;
        worst = w->needed[i];
        gone = r->trials - r->successes;
    }
    if (worst) {
        mkt_format_value(gone, MKT_UNIT_COUNT, NULL, lost);
        mkt_format_value(1 - w->before[worst].value, MKT_UNIT_SHARE, NULL, off);
        MKT_FUNNEL_TEXT(w, most, err,
                        ". Most are lost on the way from %s to %s: %s, %s of those who came so far",
                        label[mkt_step_rates_before(w->plan, worst)], label[worst], lost, off);
    }
    mkt_format_value(all->trials, MKT_UNIT_COUNT, NULL, entered);
    mkt_format_value(all->successes, MKT_UNIT_COUNT, NULL, came);
    mkt_format_value(all->value, MKT_UNIT_SHARE, NULL, share);
    mkt_format_range(all->low, all->high, MKT_UNIT_SHARE, NULL, range);
    MKT_FUNNEL_TEXT(
        w, w->sheet->verdict, err, "Of %s %s that entered at %s, %s reached %s: %s (%s)%s%s",
        entered, all->trials == 1 ? w->unit : w->units, label[0], came, label[w->last], share,
        range, w->needs > 1 ? most : "",
        w->input.had_to_count_open ? ". No window has closed yet, so all are counted as "
                                     "they stand and every rate can still rise"
                                   : "");
    return MKT_OK;
}

/* The step where one more point is worth most, and what to do about it. */
static mkt_status add_best(struct mkt_funnel_work *w, struct mkt_err *err)
{
    if (!w->has_worth || w->needs < 2) return MKT_OK;
    const struct mkt_step_worth_of *a = &w->worth.of[w->worth.first],
                                   *b = &w->worth.of[w->worth.second];
    size_t k = w->needed[w->worth.first], other = w->needed[w->worth.second];
    if (a->best < NO_BEST)
        return mkt_funnel_work_caveat(
            w, "no_best_step",
            mkt_arena_printf(w->sheet->arena,
                             "no step stands out as the one where one more point is worth most; "
                             "the likeliest, %s, is so with a probability of %.0f %%",
                             w->input.label[k], 100 * a->best),
            MKT_CAVEAT_NOTE, err);
    const char *first, *second, **because = MKT_NEW(w->sheet->arena, const char *, 1);
    if (!because) return mkt_arena_full(w->sheet->arena, err);
    MKT_FUNNEL_TEXT(w, first, err, "%s.worth_of_point", w->key[k]);
    MKT_FUNNEL_TEXT(w, second, err, "%s.worth_of_point", w->key[other]);
    struct mkt_finding f = {.id = "best_step",
                            .kind = MKT_FINDING_COMPARE,
                            .probability = a->best,
                            .stake = fabs(a->value - b->value),
                            .scope = "total",
                            .subject = w->input.label[k],
                            .other = w->input.label[other]};
    MKT_FUNNEL_TEXT(
        w, f.claim, err,
        "one more in a hundred %s brought on to %s is worth more than at any other step", w->units,
        f.subject);
    MKT_TRY(mkt_funnel_work_find(w, f, first, second, err));
    w->sheet->headline = "best_step";
    w->sheet->confidence = a->best;
    because[0] = "best_step";
    f.id = "improve_step";
    f.kind = MKT_FINDING_ACTION;
    f.stake = a->value;
    f.because = because;
    f.becauses = 1;
    MKT_FUNNEL_TEXT(w, f.claim, err, "Work on the way from %s to %s first",
                    w->input.label[mkt_step_rates_before(w->plan, k)], f.subject);
    return mkt_funnel_work_find(w, f, first, second, err);
}

/* Whether those who take an optional step go on more often. Who takes it chose to: no cause. */
static mkt_status add_optional(struct mkt_funnel_work *w, size_t k, struct mkt_err *err)
{
    if (!w->plan->step[k].optional || w->plan->order == MKT_FUNNEL_ANY) return MKT_OK;
    double took = (double)w->f->reached[k];
    double left = (double)w->f->reached[mkt_step_rates_before(w->plan, k)] - took;
    struct mkt_step_difference d =
        mkt_step_rates_compare((double)w->f->taken_on[k], took, (double)w->f->skipped_on[k], left,
                               w->effect, MKT_FUNNEL_LEVEL);
    if (!isfinite(d.value)) return MKT_OK;
    const char *first, *second, *name = w->input.label[k];
    MKT_FUNNEL_TEXT(w, first, err, "%s.on_with", w->key[k]);
    MKT_FUNNEL_TEXT(w, second, err, "%s.on_without", w->key[k]);
    struct mkt_finding f = {.kind = MKT_FINDING_COMPARE,
                            .probability = 1 - d.p / 2,
                            .stake = 0,
                            .scope = "step",
                            .subject = name};
    MKT_FUNNEL_TEXT(w, f.id, err, "%s.optional", w->key[k]);
    MKT_FUNNEL_TEXT(w, f.claim, err, "those who take %s go on %s often than those who pass it over",
                    name, d.value > 0 ? "more" : "less");
    return mkt_funnel_work_find(w, f, first, second, err);
}

static int by_weight(const void *a, const void *b)
{
    const struct mkt_finding *x = a, *y = b;
    double p = x->stake * fmax(2 * x->probability - 1, 0);
    double q = y->stake * fmax(2 * y->probability - 1, 0);
    if (p != q) return p > q ? -1 : 1;
    return strcmp(x->id, y->id);
}

mkt_status mkt_funnel_work_findings(struct mkt_funnel_work *w, struct mkt_err *err)
{
    MKT_TRY(set_verdict(w, err));
    MKT_TRY(add_best(w, err));
    for (size_t k = 0; k < w->steps; k++) MKT_TRY(add_optional(w, k, err));
    MKT_TRY(mkt_funnel_work_segments(w, err));
    MKT_TRY(mkt_funnel_work_trend(w, err));
    MKT_TRY(mkt_funnel_work_next(w, err));
    if (w->sheet->findings)
        qsort(w->sheet->finding, w->sheet->findings, sizeof *w->sheet->finding, by_weight);
    return MKT_OK;
}
