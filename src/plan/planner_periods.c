#include <string.h>

#include "plan/planner_draft.h"

static mkt_status say_period(struct mkt_planner_draft *d, const struct mkt_when_span *s,
                             struct mkt_err *err)
{
    char a[MKT_DATE_TEXT], b[MKT_DATE_TEXT];
    const struct mkt_known *known = d->w->planner->known;
    const char *quote = mkt_fold_quote(d->w->arena, &d->w->fold, s->from, s->to);
    if (!quote) return mkt_arena_full(d->w->arena, err);
    if (strcmp(s->text, "all") != 0)
        MKT_TRY(mkt_plan_understood(
            d->w->plan, err, "“%s” is %s to %s%s%s.", quote, mkt_date_text(s->period.first, a),
            mkt_date_text(s->period.last, b), s->how ? ": " : "", s->how ? s->how : ""));
    if (known->data.first > known->data.last ||
        (s->period.first <= known->data.last && known->data.first <= s->period.last))
        return MKT_OK;
    return mkt_plan_unanswered(
        d->w->plan, err, "“%s” lies outside the data, which run from %s to %s.", quote,
        mkt_date_text(known->data.first, a), mkt_date_text(known->data.last, b));
}

static mkt_status ask_reading(struct mkt_planner_draft *d, const struct mkt_when_span *s,
                              struct mkt_err *err)
{
    const char *quote = mkt_fold_quote(d->w->arena, &d->w->fold, s->from, s->to);
    const char *first = mkt_arena_printf(d->w->arena, "%s, %s", s->text, s->how ? s->how : "");
    const char *second = mkt_arena_printf(d->w->arena, "%s, %s", s->other, s->other_how);
    if (!quote || !first || !second) return mkt_arena_full(d->w->arena, err);
    if (!d->w->plan->back) {
        mkt_plan_choose(d->w->plan, "period", s->text, first);
        mkt_plan_choose(d->w->plan, "period", s->other, second);
    }
    return mkt_plan_ask(d->w->plan, err, "“%s” could be two periods. Which is meant?", quote);
}

static mkt_status ask_which_period(struct mkt_planner_draft *d, const struct mkt_when_span *a,
                                   const struct mkt_when_span *b, struct mkt_err *err)
{
    if (!d->w->plan->back) {
        mkt_plan_choose(d->w->plan, "period", a->text, a->text);
        mkt_plan_choose(d->w->plan, "period", b->text, b->text);
    }
    return mkt_plan_ask(d->w->plan, err,
                        "The question names two periods that are not the same. Which is meant?");
}

/* Words that make two periods a list or a comparison. */
static bool joined(const struct mkt_planner_draft *d, const struct mkt_when_span *a,
                   const struct mkt_when_span *b)
{
    const struct mkt_fold *f = &d->w->fold;
    static const char *const glue =
        "and, or, vs, versus, to, with, than, compared, compare, against, over, from, in, the, "
        "between, same, period, then, not, rather, for";
    if (b->from - a->to > 5)
        return mkt_planner_draft_says(d, "compare, compared, versus, vs, than, both");
    bool any = false;
    for (size_t i = a->to; i < b->from; i++) {
        bool mark = f->token[i].kind == MKT_TOKEN_MARK;
        if (!mark && !mkt_fold_match_any(f, i, b->from, glue)) return false;
        any = any ||
              (mkt_fold_match_any(f, i, b->from,
                                  "and, or, vs, versus, to, with, than, compared, against, "
                                  "over, from") > 0) ||
              strchr(",&/", *f->token[i].word);
    }
    return any || mkt_planner_draft_says(d, "compare, compared, versus, vs");
}

static bool within(struct mkt_period a, struct mkt_period b)
{
    return b.first <= a.first && a.last <= b.last;
}

static bool follows(struct mkt_period a, struct mkt_period b, const char **against)
{
    struct mkt_period before = mkt_period_before(a), year = mkt_period_year_before(a);
    *against = before.first == b.first && before.last == b.last ? "before"
               : year.first == b.first && year.last == b.last   ? "year_before"
                                                                : NULL;
    return *against != NULL;
}

/* The periods to run: one for a period and the one it is compared with. */
mkt_status mkt_planner_draft_periods(struct mkt_planner_draft *d, struct mkt_when_span *out,
                                     size_t *count, struct mkt_err *err)
{
    const struct mkt_when *spans = &d->c->spans;
    const char *against;
    *count = 0;
    for (size_t i = 0; i < spans->count; i++) {
        const struct mkt_when_span *s = &spans->span[i];
        if (s->wrong) {
            MKT_TRY(mkt_plan_unanswered(d->w->plan, err, "%s.", s->wrong));
            continue;
        }
        if (s->ahead) {
            const char *quote = mkt_fold_quote(d->w->arena, &d->w->fold, s->from, s->to);
            if (!quote) return mkt_arena_full(d->w->arena, err);
            MKT_TRY(mkt_plan_understood(
                d->w->plan, err, "“%s” is ahead: the figures are of the data there are.", quote));
            continue;
        }
        if (s->other) MKT_TRY(ask_reading(d, s, err));
        MKT_TRY(say_period(d, s, err));
        if (*count == 0) {
            out[(*count)++] = *s;
            continue;
        }
        struct mkt_when_span *last = &out[*count - 1];
        bool list = joined(d, last, s);
        if (!list && within(s->period, last->period)) {
            *last = *s;
        } else if (!list && within(last->period, s->period)) {
            continue;
        } else if (!list) {
            MKT_TRY(ask_which_period(d, last, s, err));
        } else if ((mkt_planner_draft_compares(d) ||
                    mkt_planner_draft_says(d, "than, from")) && /* "in July and August" is a list */
                   (follows(last->period, s->period, &against) ||
                    follows(s->period, last->period, &against))) {
            if (s->period.first > last->period.first) *last = *s;
            d->step.focus.against = against;
            d->step.focus.kinds |= 1U << MKT_FINDING_CHANGE;
            d->step.focus.kinds &= ~(1U << MKT_FINDING_COMPARE);
        } else {
            out[(*count)++] = *s;
        }
    }
    return MKT_OK;
}
