#include "analysis/attribution_work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/confidence.h"

#define COMPARED 8 /* channels, the largest */
#define USUAL (MKT_CONFIDENCE_TAU * MKT_CONFIDENCE_TAU)
#define CLEAR .8       /* below this the models may as well agree */
#define WORTH_TELL .05 /* of the smaller credit: less is no disagreement */

/* Share of draws in which a is larger, ties half; never 0 or 1. */
static double above(const float *a, const float *b, size_t draws)
{
    double won = .5;
    for (size_t d = 0; d < draws; d++) won += a[d] > b[d] ? 1 : a[d] < b[d] ? 0 : .5;
    return won / (double)(draws + 1);
}

/* Variance of log(a / b) over the draws; of log(a) without b. */
static double log_variance(const float *a, const float *b, size_t draws)
{
    double sum = 0, square = 0, n = 0;
    for (size_t d = 0; d < draws; d++) {
        if (!(a[d] > 0) || (b && !(b[d] > 0))) continue;
        double x = log(b ? (double)a[d] / (double)b[d] : (double)a[d]);
        sum += x;
        square += x * x;
        n++;
    }
    return n > 1 ? fmax(square / n - sum / n * (sum / n), 0) : NAN;
}

/* Variance of log(credit / spend) between channels; what is usual where few have spend. */
static double returns_variance(const struct mkt_attribution_work *w, size_t compared)
{
    double estimate[COMPARED], error[COMPARED];
    size_t n = 0;
    bool value = w->input.values;
    for (size_t c = 0; c < compared; c++) {
        double credit = mkt_attribution_work_point(w, w->reference, value, c);
        const float *drawn = mkt_attribution_work_drawn(w, w->reference, value, c);
        double v = log_variance(drawn, NULL, w->draws.draws);
        if (!isfinite(w->channel[c].spend) || !(credit > 0) || !isfinite(v)) continue;
        estimate[n] = log(credit / w->channel[c].spend);
        error[n++] = sqrt(v);
    }
    return mkt_confidence_variance(estimate, error, n, 0);
}

/*   tau2  variance between channels of what the finding is about: the log of one channel's return,
 *         or of what one model gives a channel over what another does
 *   v     variance of one estimate of it */
static mkt_status offer(struct mkt_attribution_work *w, const struct mkt_finding *f, double tau2,
                        double v, struct mkt_err *err)
{
    double confidence = mkt_confidence(f->probability, tau2, v);
    const struct mkt_finding *best =
        w->sheet->headline ? mkt_sheet_finding(w->sheet, w->sheet->headline) : NULL;
    MKT_TRY(mkt_sheet_add_finding(w->sheet, f, err));
    if (!isfinite(confidence)) return MKT_OK;
    if (w->offers < MKT_ATTRIBUTION_OFFERS)
        w->offer[w->offers++] = (struct mkt_attribution_offer){f->id, confidence};
    double worth = f->stake * (2 * confidence - 1);
    if (best && worth <= best->stake * (2 * w->sheet->confidence - 1)) return MKT_OK;
    w->sheet->headline = f->id;
    w->sheet->confidence = confidence;
    return MKT_OK;
}

/* Last touch against the reference model, channel by channel. */
static mkt_status disagree(struct mkt_attribution_work *w, size_t c, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_attribution_channel *x = &w->channel[c];
    const struct mkt_attribution_model *ref = &w->model[w->reference];
    bool value = w->input.values && isfinite(mkt_attribution_work_point(w, w->reference, true, c));
    double last = mkt_attribution_work_point(w, w->last, value, c);
    double credit = mkt_attribution_work_point(w, w->reference, value, c);
    const float *a = mkt_attribution_work_drawn(w, w->last, value, c);
    const float *b = mkt_attribution_work_drawn(w, w->reference, value, c);
    double p = above(a, b, w->draws.draws);
    bool over = last > credit;
    if (!over) p = 1 - p;
    if (p < CLEAR || fabs(last - credit) < WORTH_TELL * fmin(last, credit)) return MKT_OK;
    const char *what = value ? "value" : "conversions";
    const char **fact = MKT_NEW(arena, const char *, 2);
    if (!fact) return mkt_arena_full(arena, err);
    fact[0] = mkt_attribution_work_id(w, c, w->model[w->last].name, what);
    fact[1] = mkt_attribution_work_id(w, c, ref->name, what);
    if (!fact[0] || !fact[1]) return mkt_arena_full(arena, err);
    struct mkt_finding f = {.kind = MKT_FINDING_IMBALANCE,
                            .probability = p,
                            .stake = fabs(last - credit),
                            .scope = "channel",
                            .subject = x->name,
                            .fact = fact,
                            .facts = 2};
    MKT_ATTRIBUTION_TEXT(w, f.id, err, "%s.%s_credited_by_last_touch", x->key,
                         over ? "over" : "under");
    MKT_ATTRIBUTION_TEXT(w, f.claim, err, "last touch gives %s %s credit than %s does", x->name,
                         over ? "more" : "less", ref->label);
    return offer(w, &f, USUAL, log_variance(a, b, w->draws.draws), err);
}

static bool is_held_out(const struct mkt_attribution_work *w, size_t c)
{
    return w->held_out && w->held_out[w->channel[c].place].state == MKT_HOLDOUT_GIVEN;
}

/* Those who come by themselves: nothing that was done caused it, and nobody can hold it back. */
static bool is_unpaid(const char *channel)
{
    static const char *const whole[] = {
        "direct",        "(direct)", "direct / (none)",  "(direct) / (none)",
        "(none)",        "organic",  "organic search",   "organic social",
        "organic video", "referral", "organic shopping", "unassigned",
        "(not set)",     "seo"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (mkt_text_equal_nocase(channel, whole[i])) return true;
    const char *medium = strstr(channel, " / "); /* "google / organic" */
    return medium && (mkt_text_equal_nocase(medium + 3, "organic") ||
                      mkt_text_equal_nocase(medium + 3, "referral"));
}

/* By people who did not meet it, and enough who converted to be held against other models. */
static bool is_told(const struct mkt_attribution_work *w, size_t c)
{
    return w->has_incremental && w->input.paths->total.conversions >= MKT_ATTRIBUTION_FEW &&
           w->limits.state[w->channel[c].place] == MKT_EXPOSURE_GIVEN;
}

static double deviation(const float *x, size_t n)
{
    double sum = 0, square = 0;
    for (size_t d = 0; d < n; d++) {
        sum += (double)x[d];
        square += (double)x[d] * (double)x[d];
    }
    return sqrt(fmax(square / (double)n - sum / (double)n * (sum / (double)n), 0));
}

/* Last touch against what people who did not meet the channel tell that it causes. Their errors are
 * taken for independent, which is too wide: both grow with the conversions that there are. What an
 * unseen trait of MKT_EXPOSURE_PULL can do counts as chance. */
static mkt_status against_exposure(struct mkt_attribution_work *w, size_t c, struct mkt_err *err)
{
    const struct mkt_attribution_channel *x = &w->channel[c];
    if (is_unpaid(x->name)) return MKT_OK;
    double last = mkt_attribution_work_point(w, w->last, false, c);
    double caused = w->incremental.conversions[x->place];
    const float *drawn = mkt_attribution_work_drawn(w, w->last, false, c);
    double doubt = w->limits.anyway[x->place] * (mkt_exposure_limits_bound(MKT_EXPOSURE_PULL) - 1) /
                   1.959963984540054;
    double end = last > caused ? w->limits.high[x->place] : w->limits.low[x->place];
    double own = fabs(end - caused) / 1.959963984540054;
    double spread = hypot(hypot(own, doubt), deviation(drawn, w->draws.draws));
    double size = fmax(last, fabs(caused)), apart = fabs(last - caused);
    double p = .5 * erfc(-apart / spread * M_SQRT1_2);
    bool over = last > caused;
    if (!(p >= CLEAR) || !(size > 0) || apart < WORTH_TELL * fmin(last, fabs(caused)))
        return MKT_OK;
    const char **fact = MKT_NEW(w->sheet->arena, const char *, 2);
    if (!fact) return mkt_arena_full(w->sheet->arena, err);
    fact[0] = mkt_attribution_work_id(w, c, w->model[w->last].name, "conversions");
    fact[1] = mkt_attribution_work_id(w, c, "incremental", "conversions");
    if (!fact[0] || !fact[1]) return mkt_arena_full(w->sheet->arena, err);
    const struct mkt_path_counts *total = &w->input.paths->total;
    double worth = (double)total->value / MKT_MICRO / (double)total->conversions;
    struct mkt_finding f = {.kind = MKT_FINDING_IMBALANCE,
                            .probability = fmin(p, 1 - 1e-6),
                            .stake = w->input.values && worth > 0 ? apart * worth : apart,
                            .scope = "channel",
                            .subject = x->name,
                            .fact = fact,
                            .facts = 2};
    MKT_ATTRIBUTION_TEXT(w, f.id, err, "%s.%s_by_last_touch_than_seems_caused", x->key,
                         over ? "more" : "less");
    MKT_ATTRIBUTION_TEXT(w, f.claim, err, "last touch gives %s %s credit than it seems to cause",
                         x->name, over ? "more" : "less");
    return offer(w, &f, USUAL, spread / size * (spread / size), err);
}

/* Last touch against what people from whom the channel was withheld tell that it causes. */
static mkt_status against_holdout(struct mkt_attribution_work *w, size_t c, struct mkt_err *err)
{
    const struct mkt_attribution_channel *x = &w->channel[c];
    if (!is_held_out(w, c)) return MKT_OK;
    const struct mkt_holdout_effect *e = &w->held_out[x->place];
    bool value = w->input.values && isfinite(e->value);
    double last = mkt_attribution_work_point(w, w->last, value, c);
    double caused = value ? e->value : e->conversions;
    struct mkt_interval within = value ? e->value_within : e->conversions_within;
    double spread = (within.high - within.low) / (2 * 1.959963984540054);
    double p = .5 * erfc(-fabs(last - caused) / spread * M_SQRT1_2);
    bool over = last > caused;
    double size = fmax(last, fabs(caused));
    if (p < CLEAR || !(size > 0)) return MKT_OK;
    const char **fact = MKT_NEW(w->sheet->arena, const char *, 2);
    if (!fact) return mkt_arena_full(w->sheet->arena, err);
    const char *what = value ? "value" : "conversions";
    fact[0] = mkt_attribution_work_id(w, c, w->model[w->last].name, what);
    fact[1] = mkt_attribution_work_id(w, c, "incremental", what);
    if (!fact[0] || !fact[1]) return mkt_arena_full(w->sheet->arena, err);
    struct mkt_finding f = {.kind = MKT_FINDING_IMBALANCE,
                            .probability = fmin(p, 1 - 1e-6),
                            .stake = fabs(last - caused),
                            .scope = "channel",
                            .subject = x->name,
                            .fact = fact,
                            .facts = 2};
    MKT_ATTRIBUTION_TEXT(w, f.id, err, "%s.%s_by_last_touch_than_caused", x->key,
                         over ? "more" : "less");
    MKT_ATTRIBUTION_TEXT(w, f.claim, err, "last touch gives %s %s credit than it causes", x->name,
                         over ? "more" : "less");
    return offer(w, &f, USUAL, spread / size * (spread / size), err);
}

/* Whether what the channels seem to cause says that b brings more per unit of spend than a. */
static bool is_denied(const struct mkt_attribution_work *w, size_t a, size_t b)
{
    const struct mkt_attribution_channel *x = &w->channel[a], *y = &w->channel[b];
    if (!is_told(w, a) || !is_told(w, b)) return false;
    return w->incremental.conversions[x->place] / x->spend <
           w->incremental.conversions[y->place] / y->spend;
}

/* Return per unit of spend of one channel against another, by the reference model. */
static mkt_status compare(struct mkt_attribution_work *w, size_t a, size_t b, double tau2,
                          struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_attribution_model *ref = &w->model[w->reference];
    bool value = w->input.values;
    double per_a = mkt_attribution_work_point(w, w->reference, value, a) / w->channel[a].spend;
    double per_b = mkt_attribution_work_point(w, w->reference, value, b) / w->channel[b].spend;
    if (!(per_a >= per_b)) {
        size_t swap = a;
        a = b;
        b = swap;
        double held = per_a;
        per_a = per_b;
        per_b = held;
    }
    if (!isfinite(per_a) || !isfinite(per_b)) return MKT_OK;
    const float *drawn_a = mkt_attribution_work_drawn(w, w->reference, value, a);
    const float *drawn_b = mkt_attribution_work_drawn(w, w->reference, value, b);
    double scale = w->channel[a].spend / w->channel[b].spend, won = .5;
    for (size_t d = 0; d < w->draws.draws; d++)
        won += (double)drawn_a[d] > scale * (double)drawn_b[d];
    double p = won / (double)(w->draws.draws + 1);
    if (p < CLEAR || is_denied(w, a, b)) return MKT_OK;
    const char *what = value ? "roas" : "cpa";
    const char **fact = MKT_NEW(arena, const char *, 2);
    if (!fact) return mkt_arena_full(arena, err);
    fact[0] = mkt_attribution_work_id(w, a, ref->name, what);
    fact[1] = mkt_attribution_work_id(w, b, ref->name, what);
    if (!fact[0] || !fact[1]) return mkt_arena_full(arena, err);
    if (!mkt_sheet_fact(w->sheet, fact[0]) || !mkt_sheet_fact(w->sheet, fact[1])) return MKT_OK;
    struct mkt_finding f = {
        .kind = MKT_FINDING_COMPARE,
        .probability = p,
        .stake = fmin(w->channel[b].spend * (1 - per_b / per_a), w->channel[a].spend),
        .scope = "channel",
        .subject = w->channel[a].name,
        .other = w->channel[b].name,
        .fact = fact,
        .facts = 2};
    MKT_ATTRIBUTION_TEXT(w, f.id, err, "%s_over_%s.%s", w->channel[a].key, w->channel[b].key,
                         ref->name);
    MKT_ATTRIBUTION_TEXT(w, f.claim, err, "%s %s per unit of spend than %s, by %s",
                         w->channel[a].name, value ? "returns more" : "brings more conversions",
                         w->channel[b].name, ref->label);
    return offer(w, &f, tau2, log_variance(drawn_a, drawn_b, w->draws.draws) / 2, err);
}

static int by_weight(const void *a, const void *b)
{
    const struct mkt_finding *x = a, *y = b;
    double p = x->stake * fmax(2 * x->probability - 1, 0);
    double q = y->stake * fmax(2 * y->probability - 1, 0);
    if (p != q) return p > q ? -1 : 1;
    return strcmp(x->id, y->id);
}

/* What to do about the heaviest disagreement: find out. */
static mkt_status advise(struct mkt_attribution_work *w, struct mkt_err *err)
{
    const struct mkt_finding *from = NULL;
    bool some_spend = false;
    for (size_t c = 0; c < w->channels; c++) some_spend |= isfinite(w->channel[c].spend);
    for (size_t i = 0; i < w->sheet->findings && !from; i++) {
        const struct mkt_finding *f = &w->sheet->finding[i];
        for (size_t c = 0; c < w->channels && f->kind == MKT_FINDING_IMBALANCE; c++)
            if (f->subject == w->channel[c].name && !is_held_out(w, c) && !is_unpaid(f->subject) &&
                (!some_spend || isfinite(w->channel[c].spend)))
                from =
                    f; /* what costs nothing has no budget to move, what was tested needs no test */
    }
    if (!from) return MKT_OK;
    const char **because = MKT_NEW(w->sheet->arena, const char *, 1);
    if (!because) return mkt_arena_full(w->sheet->arena, err);
    because[0] = from->id;
    struct mkt_finding f = {.kind = MKT_FINDING_ACTION,
                            .probability = from->probability,
                            .stake = from->stake,
                            .scope = "channel",
                            .subject = from->subject,
                            .fact = from->fact,
                            .facts = from->facts,
                            .because = because,
                            .becauses = 1};
    MKT_ATTRIBUTION_TEXT(w, f.id, err, "test.%s", from->id);
    MKT_ATTRIBUTION_TEXT(
        w, f.claim, err,
        "Hold %s back in some regions or weeks before moving its budget: the models "
        "disagree about it, and a test settles that",
        from->subject);
    /* where nobody can act on what heads the answer, that on which the advice rests does; elsewhere
     * it stays: headlines chosen by the advice were right less often than they say */
    const struct mkt_finding *head =
        w->sheet->headline ? mkt_sheet_finding(w->sheet, w->sheet->headline) : NULL;
    bool idle = head && head->subject && is_unpaid(head->subject);
    for (size_t i = 0; idle && i < w->offers; i++)
        if (w->offer[i].id == from->id) {
            w->sheet->headline = from->id;
            w->sheet->confidence = w->offer[i].confidence;
        }
    return mkt_sheet_add_finding(w->sheet, &f, err);
}

/* What heads the answer is told before what weighs more and nobody can act on. */
static void put_headline_first(struct mkt_sheet *s)
{
    for (size_t i = 0; s->headline && i < s->findings; i++) {
        if (strcmp(s->finding[i].id, s->headline) != 0) continue;
        struct mkt_finding head = s->finding[i];
        memmove(s->finding + 1, s->finding, i * sizeof *s->finding);
        s->finding[0] = head;
        return;
    }
}

mkt_status mkt_attribution_work_findings(struct mkt_attribution_work *w, struct mkt_err *err)
{
    size_t compared = w->channels < COMPARED ? w->channels : COMPARED;
    double tau2 = w->priced ? returns_variance(w, compared) : NAN;
    w->sheet->confidence = NAN;
    for (size_t c = 0; c < compared; c++) MKT_TRY(against_holdout(w, c, err));
    for (size_t c = 0; c < compared; c++)
        if (!is_held_out(w, c))
            MKT_TRY(is_told(w, c) ? against_exposure(w, c, err) : disagree(w, c, err));
    for (size_t a = 0; a < compared && w->priced; a++)
        for (size_t b = a + 1; b < compared; b++)
            if (isfinite(w->channel[a].spend) && isfinite(w->channel[b].spend))
                MKT_TRY(compare(w, a, b, tau2, err));
    if (w->sheet->findings)
        qsort(w->sheet->finding, w->sheet->findings, sizeof *w->sheet->finding, by_weight);
    MKT_TRY(advise(w, err));
    if (w->sheet->findings)
        qsort(w->sheet->finding, w->sheet->findings, sizeof *w->sheet->finding, by_weight);
    put_headline_first(w->sheet);
    return MKT_OK;
}
