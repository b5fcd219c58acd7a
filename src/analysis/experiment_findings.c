#include "analysis/experiment_findings.h"

#include <math.h>

#include "analysis/experiment_facts.h"
#include "analysis/experiment_sentence.h"
#include "analysis/experiment_variants.h"

static mkt_status list_of(struct mkt_experiment_work *w, const char *a, const char *b,
                          const char *const **out, struct mkt_err *err)
{
    const char **list = MKT_NEW(w->sheet->arena, const char *, 2);
    if (!list || !a) return mkt_arena_full(w->sheet->arena, err);
    list[0] = a;
    list[1] = b;
    *out = list;
    return MKT_OK;
}

/* "b does better than a on conversion", from whichever side is likelier. */
static mkt_status add_compare(struct mkt_experiment_work *w, size_t m, size_t v,
                              struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, m, v);
    if (l->fault != MKT_LIFT_FINE) return MKT_OK;
    double p = l->belief.chance_to_win;
    if (mkt_experiment_sign(e, m) < 0) p = 1 - p;
    size_t first = p >= .5 ? v : e->control, second = p >= .5 ? e->control : v;
    struct mkt_finding f = {.kind = MKT_FINDING_COMPARE,
                            .probability = fmax(p, 1 - p),
                            .scope = "variant",
                            .subject = w->variant[first],
                            .other = w->variant[second],
                            .facts = 2};
    MKT_EXPERIMENT_TEXT(w, f.id, err, "%s.%s.wins", w->metric_key[m], w->variant_key[v]);
    MKT_EXPERIMENT_TEXT(w, f.claim, err, "%s does better than %s on %s", w->variant[first],
                        w->variant[second], w->metric[m]);
    MKT_TRY(list_of(w, mkt_experiment_work_id(w, m, first, ""),
                    mkt_experiment_work_id(w, m, second, ""), &f.fact, err));
    return mkt_sheet_add_finding(w->sheet, &f, err);
}

/* Of the chance that segments are alike after all, the least that p leaves: see wrong_after in
 * experiment_estimate.c; before it, one in two. */
static double differ_after(double p)
{
    if (!(p < 1 / M_E)) return .5;
    return p > 0 ? 1 / (1 - M_E * p * log(p)) : 1;
}

/*   p  of the differences between segments, among all variants */
static mkt_status add_segments(struct mkt_experiment_work *w, size_t v, double p,
                               struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    if (!e->segment || v == e->control || e->differ[v].dof < 1) return MKT_OK;
    size_t segments = e->arms->names[1], low = segments, high = segments;
    for (size_t s = 0; s < segments; s++) {
        const struct mkt_experiment_segment *x = &e->segment[v * segments + s];
        if (x->fault != MKT_LIFT_FINE) continue;
        if (low == segments || x->lift.value < e->segment[v * segments + low].lift.value) low = s;
        if (high == segments || x->lift.value > e->segment[v * segments + high].lift.value)
            high = s;
    }
    struct mkt_finding f = {.kind = MKT_FINDING_COMPARE,
                            .probability = differ_after(p),
                            .scope = "segment",
                            .facts = 2};
    const char *of[2];
    const size_t at[] = {high, low};
    for (int i = 0; i < 2; i++)
        MKT_EXPERIMENT_TEXT(w, of[i], err, "segment.%s.%s.lift", w->segment_key[at[i]],
                            w->variant_key[v]);
    MKT_EXPERIMENT_TEXT(w, f.id, err, "segments.%s.differ", w->variant_key[v]);
    MKT_EXPERIMENT_TEXT(w, f.claim, err, "the lift of %s in %s differs between segments",
                        w->metric[e->goal], w->variant[v]);
    f.subject = e->arms->name[1][high];
    f.other = e->arms->name[1][low];
    MKT_TRY(list_of(w, of[0], of[1], &f.fact, err));
    return mkt_sheet_add_finding(w->sheet, &f, err);
}

static mkt_status write_claim(struct mkt_experiment_work *w, const char **out, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_experiment_verdict *v = &w->verdict;
    const char *variant = w->variant[v->variant], *control = w->variant[e->control];
    const char *goal = w->metric[e->goal];
    switch (v->call) {
    case MKT_EXPERIMENT_SHIP:
        if (e->options.not_worse)
            MKT_EXPERIMENT_TEXT(w, *out, err,
                                "ship %s: on %s it loses less than the margin, if any", variant,
                                goal);
        else
            MKT_EXPERIMENT_TEXT(w, *out, err, "ship %s", variant);
        break;
    case MKT_EXPERIMENT_GUARDED:
        MKT_EXPERIMENT_TEXT(w, *out, err, "do not ship %s: it gains on %s but loses on %s", variant,
                            goal, w->metric[v->guard]);
        break;
    case MKT_EXPERIMENT_WORSE:
        if (e->options.not_worse)
            MKT_EXPERIMENT_TEXT(w, *out, err, "do not ship %s: it loses more than the margin on %s",
                                variant, goal);
        else
            MKT_EXPERIMENT_TEXT(w, *out, err, "do not ship %s: keep %s, which does better on %s",
                                variant, control, goal);
        break;
    case MKT_EXPERIMENT_TOO_SMALL:
        if (e->options.not_worse)
            MKT_EXPERIMENT_TEXT(w, *out, err,
                                "do not ship %s: that it loses less than the margin on %s is not "
                                "shown",
                                variant, goal);
        else
            MKT_EXPERIMENT_TEXT(w, *out, err,
                                "do not ship %s: it does not gain as much on %s as was asked for",
                                variant, goal);
        break;
    case MKT_EXPERIMENT_SPLIT_WRONG:
        *out = "the variants did not get the units they were meant to get";
        break;
    case MKT_EXPERIMENT_EXPOSED_BOTH:
        *out = "too many units were seen in more than one variant";
        break;
    case MKT_EXPERIMENT_CANNOT:
    case MKT_EXPERIMENT_RUN_ON:
        *out = NULL;
        break;
    }
    return MKT_OK;
}

static mkt_status add_verdict(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_experiment_verdict *v = &w->verdict;
    bool sound = mkt_experiment_facts_sound(w);
    struct mkt_finding f = {.id = "verdict",
                            .kind = sound ? MKT_FINDING_ACTION : MKT_FINDING_IMBALANCE,
                            .probability = v->probability,
                            .scope = "total",
                            .facts = 1};
    MKT_TRY(write_claim(w, &f.claim, err));
    if (!f.claim) return MKT_OK;
    if (sound) {
        size_t m = v->call == MKT_EXPERIMENT_GUARDED ? v->guard : e->goal;
        f.subject = w->variant[v->variant];
        f.other = w->variant[e->control];
        const char *because;
        MKT_EXPERIMENT_TEXT(w, because, err, "%s.%s.wins", w->metric_key[m],
                            w->variant_key[v->variant]);
        MKT_TRY(list_of(w, because, NULL, &f.because, err));
        /* no worse by more than the margin does not follow from who is better */
        f.becauses = e->options.not_worse && m == e->goal ? 0 : 1;
        MKT_TRY(list_of(w, mkt_experiment_work_id(w, m, v->variant, "lift_any_time"), NULL, &f.fact,
                        err));
    } else {
        bool split = v->call == MKT_EXPERIMENT_SPLIT_WRONG;
        MKT_TRY(list_of(w, split ? "split_p" : "in_two_variants", NULL, &f.fact, err));
    }
    w->sheet->headline = f.id;
    w->sheet->confidence = v->confidence;
    return mkt_sheet_add_finding(w->sheet, &f, err);
}

mkt_status mkt_experiment_findings_add(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const struct mkt_experiment_verdict *v = &w->verdict;
    MKT_TRY(add_verdict(w, err));
    MKT_TRY(mkt_experiment_sentence_set(w, err));
    if (!mkt_experiment_facts_sound(w)) return MKT_OK;
    for (size_t k = 0; k < e->metrics; k++) {
        size_t m = k == 0 ? e->goal : k <= e->goal ? k - 1 : k;
        for (size_t i = 0; i < e->variants; i++)
            if (i != e->control) MKT_TRY(add_compare(w, m, i, err));
    }
    double *differ = MKT_NEW(w->sheet->arena, double, e->variants);
    if (!differ) return mkt_arena_full(w->sheet->arena, err);
    for (size_t i = 0; e->segment && i < e->variants; i++)
        differ[i] = e->differ[i].dof < 1 ? NAN : e->differ[i].p;
    if (e->segment) MKT_TRY(mkt_experiment_variants_among_all(w, differ, differ, err));
    for (size_t i = 0; i < e->variants; i++) MKT_TRY(add_segments(w, i, differ[i], err));
    w->sheet->collaboration_ready = w->sheet->headline != NULL;
    if (v->call != MKT_EXPERIMENT_RUN_ON) return MKT_OK;
    /* undecided: what looks likelier so far opens the answer, with all its doubt */
    MKT_EXPERIMENT_TEXT(w, w->sheet->headline, err, "%s.%s.wins", w->metric_key[e->goal],
                        w->variant_key[v->variant]);
    double gain = mkt_experiment_lift_at(e, e->goal, v->variant)->confidence;
    w->sheet->confidence = fmax(gain, 1 - gain);
    return MKT_OK;
}
