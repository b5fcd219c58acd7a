#include "analysis/experiment_variants.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "fact/format.h"
#include "model/multiplicity.h"

#define DAYS_OF_DOUBT .01 /* p value among all variants from which days are said to differ */
#define NAMED 5           /* variants that a caveat names at most */

/* "v03, v04 and 2 more" of the variants that are marked; *first is the first of them. */
static mkt_status list(const struct mkt_experiment_work *w, const bool *marked, const char **out,
                       size_t *first, struct mkt_err *err)
{
    struct mkt_buf buf;
    size_t all = 0, said = 0;
    for (size_t v = 0; v < w->e->variants; v++) {
        if (marked[v] && all++ == 0) *first = v;
    }
    mkt_buf_init(&buf, w->sheet->arena);
    for (size_t v = 0; v < w->e->variants; v++)
        if (marked[v] && mkt_buf_listed(&buf, said++, all, NAMED)) mkt_buf_str(&buf, w->variant[v]);
    *out = buf.data;
    return mkt_buf_check(&buf, err);
}

mkt_status mkt_experiment_variants_among_all(const struct mkt_experiment_work *w, const double *p,
                                             double *out, struct mkt_err *err)
{
    size_t n = 0, at = 0;
    double *tested = MKT_NEW(w->sheet->arena, double, w->e->variants);
    if (!tested) return mkt_arena_full(w->sheet->arena, err);
    for (size_t v = 0; v < w->e->variants; v++)
        if (v != w->e->control && isfinite(p[v])) tested[n++] = p[v];
    MKT_TRY(mkt_multiplicity_holm(w->sheet->arena, tested, n, tested, err));
    for (size_t v = 0; v < w->e->variants; v++)
        out[v] = v != w->e->control && isfinite(p[v]) ? tested[at++] : NAN;
    return MKT_OK;
}

/* ---- the control ---------------------------------------------------------------------------- */

mkt_status mkt_experiment_variants_control(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    const char *name = w->variant[e->control];
    if (e->guess == MKT_EXPERIMENT_CONTROL_FIRST)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "control", MKT_CAVEAT_WARN,
            "No variant is called control, baseline or the like: %s is taken for it, the "
            "first by name; --control NAME takes another",
            name));
    if (e->variants < 3) return MKT_OK;
    if (e->guess == MKT_EXPERIMENT_CONTROL_NAMED)
        MKT_TRY(MKT_EXPERIMENT_SAY(
            w, err, "control", MKT_CAVEAT_NOTE,
            "All variants are compared with %s, the control by its name; --control NAME "
            "takes another",
            name));
    size_t least = e->variants;
    for (size_t v = 0; v < e->variants; v++) {
        const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, e->goal, v);
        if (v == e->control || l->fault != MKT_LIFT_FINE) continue;
        if (least == e->variants || l->fixed.p < mkt_experiment_lift_at(e, e->goal, least)->fixed.p)
            least = v;
    }
    if (least == e->variants)
        return MKT_EXPERIMENT_SAY(
            w, err, "several_variants", MKT_CAVEAT_NOTE,
            "With %s variants against the control, the verdict asks each for intervals that "
            "hold for all of them at once",
            MKT_COUNT(e->variants - 1));
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, e->goal, least);
    char alone[MKT_FORMAT_TEXT], among[MKT_FORMAT_TEXT];
    mkt_format_p(l->fixed.p, alone);
    mkt_format_p(l->p_holm, among);
    return MKT_EXPERIMENT_SAY(
        w, err, "several_variants", MKT_CAVEAT_NOTE,
        "With %s variants against the control, the verdict asks each for intervals that "
        "hold for all of them at once. Of so many some look good or bad by chance: the one "
        "furthest from it on %s, %s, has %s alone and %s among all tests",
        MKT_COUNT(e->variants - 1), w->metric[e->goal], w->variant[least], alone, among);
}

/* ---- cannot be tested ------------------------------------------------------------------------ */

static const char *fault_of(const struct mkt_experiment *e, size_t m, size_t v)
{
    const struct mkt_experiment_lift *l = mkt_experiment_lift_at(e, m, v);
    if (v == e->control || l->fault == MKT_LIFT_FINE) return NULL;
    if (l->fault == MKT_LIFT_NO_VARIANCE && e->mean[m * e->variants + v].value == 0 &&
        e->mean[m * e->variants + e->control].value == 0)
        return "it is zero for every unit";
    return mkt_lift_fault_text(l->fault);
}

static mkt_status say_fault(struct mkt_experiment_work *w, size_t m, const bool *marked,
                            const char *why, struct mkt_err *err)
{
    const char *names, *sentence;
    size_t first = 0;
    MKT_TRY(list(w, marked, &names, &first, err));
    MKT_EXPERIMENT_TEXT(w, sentence, err, "%s of %s cannot be tested: %s", w->metric[m], names,
                        why);
    if (m != w->e->goal || w->verdict.call != MKT_EXPERIMENT_CANNOT)
        return mkt_sheet_say(w->sheet, mkt_experiment_work_id(w, m, first, "not_tested"),
                             MKT_CAVEAT_WARN, sentence, err);
    w->sheet->status = MKT_ANSWER_INSUFFICIENT;
    return mkt_sheet_add_missing(w->sheet, sentence, err);
}

mkt_status mkt_experiment_variants_faults(struct mkt_experiment_work *w, struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    bool *marked = MKT_NEW(w->sheet->arena, bool, e->variants),
         *said = MKT_NEW(w->sheet->arena, bool, e->variants);
    if (!marked || !said) return mkt_arena_full(w->sheet->arena, err);
    for (size_t m = 0; m < e->metrics; m++) {
        memset(said, 0, e->variants * sizeof *said);
        for (size_t v = 0; v < e->variants; v++) {
            const char *why = fault_of(e, m, v);
            if (!why || said[v]) continue;
            for (size_t o = 0; o < e->variants; o++) {
                const char *other = fault_of(e, m, o);
                marked[o] = other && strcmp(other, why) == 0;
                said[o] |= marked[o];
            }
            MKT_TRY(say_fault(w, m, marked, why, err));
        }
    }
    return MKT_OK;
}

/* ---- days ------------------------------------------------------------------------------------ */

/* Says it of the variants whose p value among all is small and whose `way` is this one. */
static mkt_status say_days(struct mkt_experiment_work *w, const double *p, const int *way,
                           int wanted, const char *id, const char *words, const char *advice,
                           struct mkt_err *err)
{
    const struct mkt_experiment *e = w->e;
    bool any = false, *marked = MKT_NEW(w->sheet->arena, bool, e->variants);
    if (!marked) return mkt_arena_full(w->sheet->arena, err);
    for (size_t v = 0; v < e->variants; v++) {
        marked[v] = p[v] < DAYS_OF_DOUBT && way[v] == wanted;
        any |= marked[v];
    }
    if (!any) return MKT_OK;
    const char *names;
    size_t first = 0;
    MKT_TRY(list(w, marked, &names, &first, err));
    return MKT_EXPERIMENT_SAY(w, err, mkt_experiment_work_id(w, e->goal, first, id),
                              MKT_CAVEAT_WARN, "The lift of %s in %s %s: %s", w->metric[e->goal],
                              names, words, advice);
}

mkt_status mkt_experiment_variants_days(struct mkt_experiment_work *w, struct mkt_err *err)
{
    static const char novel[] = "an effect of novelty or of learning; trust the later days more",
                      weeks[] = "run for whole weeks before you decide";
    const struct mkt_experiment *e = w->e;
    size_t n = e->variants;
    double *trend = MKT_NEW(w->sheet->arena, double, 2 * n), *weekday = trend + n;
    int *way = MKT_NEW(w->sheet->arena, int, 2 * n), *none = way + n;
    if (!trend || !way) return mkt_arena_full(w->sheet->arena, err);
    for (size_t v = 0; v < n; v++) {
        trend[v] = v == e->control ? NAN : e->trend[v].p;
        weekday[v] = v == e->control ? NAN : e->weekday[v].p;
        way[v] = mkt_experiment_sign(e, e->goal) * e->trend[v].slope < 0 ? -1 : 1;
        none[v] = 0;
    }
    MKT_TRY(mkt_experiment_variants_among_all(w, trend, trend, err));
    MKT_TRY(mkt_experiment_variants_among_all(w, weekday, weekday, err));
    MKT_TRY(
        say_days(w, trend, way, -1, "novelty", "fades with the day of first exposure", novel, err));
    MKT_TRY(
        say_days(w, trend, way, 1, "novelty", "grows with the day of first exposure", novel, err));
    return say_days(w, weekday, none, 0, "weekdays", "differs between days of the week", weeks,
                    err);
}
