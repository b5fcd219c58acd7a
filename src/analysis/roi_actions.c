#include "analysis/roi_actions.h"

#include <math.h>
#include <string.h>

#include "analysis/roi_facts.h"
#include "analysis/roi_headline.h"
#include "model/confidence.h"

#define SURE 0.8       /* of what an action rests on */
#define MOST 2         /* of one sort */
#define STEADY 0.1     /* as in roi_caveats.c */
#define UNTRACKED 0.02 /* share of spend from which no conversion at all is worth a look */

static mkt_status add(struct mkt_roi_work *w, struct mkt_finding *f, const char *because,
                      struct mkt_err *err)
{
    const char **list = MKT_NEW(w->sheet->arena, const char *, 1);
    if (!list) return mkt_arena_full(w->sheet->arena, err);
    list[0] = because;
    f->kind = MKT_FINDING_ACTION;
    f->because = list;
    f->becauses = because ? 1 : 0;
    return mkt_sheet_add_finding(w->sheet, f, err);
}

/* How sure one may be of what an action rests on, which was picked out of many. */
static double certainty(const struct mkt_roi_work *w, const struct mkt_finding *because)
{
    double confidence = mkt_roi_headline_confidence(w, because->id);
    return isnan(confidence) ? because->probability : confidence;
}

/* The place of an entity by its key, which opens the id of a fact; 0 is the whole. */
static size_t place_of(const struct mkt_roi_work *w, const char *fact)
{
    for (size_t e = 1; fact && e < w->returns.entities; e++) {
        size_t n = strlen(w->entity[e].key);
        if (strncmp(fact, w->entity[e].key, n) == 0 && fact[n] == '.' && !strchr(fact + n + 1, '.'))
            return e;
    }
    return 0;
}

/* Whether the next unit of spend on a brings no more than an average one on b. */
static bool spent_out(const struct mkt_roi_work *w, size_t a, size_t b)
{
    const struct mkt_elasticity *k = &w->entity[a].elasticity;
    const double *x = w->returns.entity[a].sum[MKT_NOW], *y = w->returns.entity[b].sum[MKT_NOW];
    double next = fmax(k->value, 0) * x[w->outcome] / x[MKT_SPEND];
    return k->known && next <= y[w->outcome] / y[MKT_SPEND];
}

/* Move a little from the weaker to the stronger of a pair, and measure. The finding is copied:
 * adding to the sheet may move it. */
static mkt_status shift(struct mkt_roi_work *w, struct mkt_finding because, size_t *given,
                        struct mkt_err *err)
{
    bool segment = strcmp(because.scope, "segment") == 0;
    if (because.kind != MKT_FINDING_COMPARE || !because.other || because.facts < 2) return MKT_OK;
    struct mkt_finding f = {.probability = certainty(w, &because),
                            .stake = because.stake,
                            .scope = because.scope,
                            .subject = because.subject,
                            .other = because.other,
                            .fact = because.fact,
                            .facts = because.facts};
    size_t a = place_of(w, because.fact[0]), b = place_of(w, because.fact[1]);
    if (f.probability < SURE || given[segment] >= MOST || spent_out(w, a, b)) return MKT_OK;
    for (size_t i = 0; i < w->sheet->findings; i++) { /* one move from each */
        const struct mkt_finding *other = &w->sheet->finding[i];
        if (other->kind == MKT_FINDING_ACTION && other->other && strcmp(other->other, f.other) == 0)
            return MKT_OK;
    }
    given[segment]++;
    MKT_ROI_TEXT(w, f.id, err, "shift.%s.%s", w->entity[b].key, w->entity[a].key);
    MKT_ROI_TEXT(w, f.claim, err,
                 "move a small part of the spend on %s%s to %s as a test, and "
                 "measure the difference",
                 segment ? "the segment " : "", f.other, f.subject);
    return add(w, &f, because.id, err);
}

static mkt_status hold(struct mkt_roi_work *w, struct mkt_finding because, size_t *given,
                       struct mkt_err *err)
{
    size_t n = strlen(because.id);
    bool loses = n > 6 && strcmp(because.id + n - 6, ".loses") == 0;
    double sure = certainty(w, &because);
    if (because.kind != MKT_FINDING_BREAK_EVEN || !loses || sure < SURE || !because.subject ||
        *given >= MOST)
        return MKT_OK;
    bool campaign = strcmp(because.scope, "campaign") == 0;
    struct mkt_finding f = {.probability = sure,
                            .stake = because.stake,
                            .scope = because.scope,
                            .subject = because.subject,
                            .fact = because.fact,
                            .facts = because.facts};
    ++*given;
    MKT_ROI_TEXT(w, f.id, err, "hold.%.*s", (int)(n - 6), because.id);
    if (campaign)
        MKT_ROI_TEXT(w, f.claim, err, "stop or rework the campaign %s", because.subject);
    else
        MKT_ROI_TEXT(w, f.claim, err,
                     "cut the spend on %s, or show by a test what it brings beyond "
                     "the revenue credited to it",
                     because.subject);
    return add(w, &f, because.id, err);
}

static bool is_about(const char *entity, const char *subject)
{
    return entity && strcmp(entity, subject) == 0;
}

static mkt_status cap(struct mkt_roi_work *w, struct mkt_finding because, size_t *given,
                      struct mkt_err *err)
{
    if (because.kind != MKT_FINDING_SATURATED || because.probability < SURE || *given >= MOST)
        return MKT_OK;
    for (size_t i = 0; i < w->sheet->findings; i++) { /* what moves or cuts its spend says more */
        const struct mkt_finding *other = &w->sheet->finding[i];
        if (other->kind == MKT_FINDING_ACTION &&
            (is_about(other->subject, because.subject) || is_about(other->other, because.subject)))
            return MKT_OK;
    }
    struct mkt_finding f = {.probability = because.probability,
                            .stake = because.stake,
                            .scope = because.scope,
                            .subject = because.subject,
                            .fact = because.fact,
                            .facts = because.facts};
    ++*given;
    MKT_ROI_TEXT(w, f.id, err, "cap.%s", w->entity[place_of(w, because.fact[0])].key);
    MKT_ROI_TEXT(w, f.claim, err,
                 "raise the spend on %s in small steps only, and watch what each "
                 "step brings",
                 because.subject);
    return add(w, &f, because.id, err);
}

/* Spend without a single conversion, where the whole has many: chance would have it so with
 * probability exp(-expected). */
static mkt_status check_tracking(struct mkt_roi_work *w, struct mkt_err *err)
{
    const double *whole = w->returns.entity[0].sum[MKT_NOW];
    if (mkt_period_days(w->returns.span[MKT_NOW].period) < MKT_RETURNS_LEAST_DAYS) return MKT_OK;
    for (size_t e = w->from; e < w->to; e++) {
        const double *sum = w->returns.entity[e].sum[MKT_NOW];
        double share = sum[MKT_SPEND] / whole[MKT_SPEND];
        double expected = share * whole[MKT_CONVERSIONS];
        if (w->entity[e].unknown >> MKT_CONVERSIONS & 1U) continue;
        if (!(share >= UNTRACKED) || sum[MKT_CONVERSIONS] != 0 || !(expected >= 3)) continue;
        struct mkt_finding f = {.probability = fmin(1 - exp(-expected), .9995),
                                .stake = sum[MKT_SPEND],
                                .scope = mkt_roi_facts_scope(w->returns.entity[e].kind),
                                .subject = w->entity[e].name};
        const char **fact = MKT_NEW(w->sheet->arena, const char *, 2);
        if (!fact) return mkt_arena_full(w->sheet->arena, err);
        fact[f.facts++] = mkt_roi_facts_id(w, e, MKT_SPEND);
        fact[f.facts++] = mkt_roi_facts_id(w, e, MKT_CONVERSIONS);
        if (!fact[0] || !fact[1]) return mkt_arena_full(w->sheet->arena, err);
        f.fact = fact;
        MKT_ROI_TEXT(w, f.id, err, "track.%s", w->entity[e].key);
        MKT_ROI_TEXT(w, f.claim, err, "check whether the conversions of %s are recorded at all",
                     w->entity[e].name);
        MKT_TRY(add(w, &f, NULL, err));
    }
    return MKT_OK;
}

/* The largest channel whose spend hardly varies: only an experiment can show what it does. It is
 * said as what is missing, not as an action: that spend hardly varies has a probability, that an
 * experiment is worth its price has none. */
static mkt_status hold_out(struct mkt_roi_work *w, struct mkt_err *err)
{
    const struct mkt_expected *x = &w->returns.span[MKT_NOW].expected;
    for (size_t e = w->from; e < w->to; e++) {
        const struct mkt_entity *entity = &w->returns.entity[e];
        if (entity->paid_days < MKT_ROI_SHORT_DAYS || !(entity->spend_variation < STEADY)) continue;
        double p =
            mkt_confidence_below(entity->spend_variation, STEADY, (double)(x->days - x->terms));
        if (!(p >= SURE)) continue;
        const char *text;
        MKT_ROI_TEXT(w, text, err,
                     "Some weeks without %s in a few regions would show what it brings: its spend "
                     "hardly varies, so its effect cannot be seen otherwise",
                     w->entity[e].name);
        return mkt_sheet_add_missing(w->sheet, text, err);
    }
    return MKT_OK;
}

mkt_status mkt_roi_actions_add(struct mkt_roi_work *w, struct mkt_err *err)
{
    size_t shifts[2] = {0}, holds = 0, caps = 0, ranked = w->sheet->findings;
    for (size_t i = 0; i < ranked; i++) {
        MKT_TRY(shift(w, w->sheet->finding[i], shifts, err));
        MKT_TRY(hold(w, w->sheet->finding[i], &holds, err));
    }
    for (size_t i = 0; i < ranked; i++) MKT_TRY(cap(w, w->sheet->finding[i], &caps, err));
    MKT_TRY(check_tracking(w, err));
    return hold_out(w, err);
}
