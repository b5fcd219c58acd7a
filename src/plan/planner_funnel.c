/* What only a funnel is asked: from one event to another, one step of it, and who comes back when.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/planner_draft.h"

#define LATER_MOST 366 /* days, weeks or months after which somebody comes back */

static const char not_words[] = "do not, don t, does not, did not, but not, never, without";
static const char worth_words[] = "worth, one more point";
static const char next_words[] = "instead, do next, next, do after, do people do, do users do, "
                                 "comes, come, happens, happen";

/* ---- what is meant of it ---- */

static void only(struct mkt_focus *f, const char *a, const char *b)
{
    f->metrics = 0;
    f->verdict = false;
    f->kinds = 0;
    mkt_plan_focus_metric(f, a);
    if (b) mkt_plan_focus_metric(f, b);
}

/* An event's name as a step: in quotes where it holds a mark of the steps. */
static mkt_status set_steps(struct mkt_planner_draft *d, const struct mkt_planner_way *way,
                            struct mkt_err *err)
{
    static const char marks[] = ">|[]?&,\"";
    const char *a = strpbrk(way->from, marks) ? "\"" : "", *b = strpbrk(way->to, marks) ? "\"" : "";
    if (strchr(way->from, '"') || strchr(way->to, '"')) return MKT_OK;
    const char *text =
        mkt_arena_printf(d->w->arena, "%s%s%s > %s%s%s", a, way->from, a, b, way->to, b);
    if (!text) return mkt_arena_full(d->w->arena, err);
    MKT_TRY(mkt_plan_set(&d->step, "steps", text, err));
    return mkt_plan_understood(d->w->plan, err, "Looked at from the event %s to the event %s.",
                               way->from, way->to);
}

/* Of one event: said in words, because people mean either side. */
static mkt_status say_side(struct mkt_planner_draft *d, const struct mkt_planner_way *way,
                           struct mkt_err *err)
{
    const char *quote = mkt_fold_quote(d->w->arena, &d->w->fold, way->at, way->end);
    if (!quote) return mkt_arena_full(d->w->arena, err);
    if (way->side == MKT_PLANNER_BEFORE)
        return mkt_plan_understood(d->w->plan, err,
                                   "“%s” is taken as the way to %s: of those who come to the step "
                                   "before it.",
                                   quote, way->to);
    return mkt_plan_understood(d->w->plan, err,
                               "“%s” is taken as the way on from %s: of those who reach it.", quote,
                               way->to);
}

static mkt_status tell_ways(struct mkt_planner_draft *d, const struct mkt_planner_way *way,
                            bool timed, struct mkt_err *err)
{
    struct mkt_focus *f = &d->step.focus;
    MKT_TRY(set_steps(d, way, err));
    if (timed) {
        only(f, d->quantile ? d->quantile : "time_median", d->quantile ? NULL : "time_p90");
    } else if (way->lost || mkt_fold_says(&d->w->fold, d->c->from, d->c->to, not_words)) {
        only(f, "drop_off", "lost");
        mkt_plan_focus_entity(f, "step", way->to);
    } else {
        only(f, "conversion_rate", NULL);
        f->verdict = true;
    }
    return MKT_OK;
}

/* Of a step no change over time is told. */
static mkt_status say_change(struct mkt_planner_draft *d, struct mkt_err *err)
{
    static const char change[] = "get worse, got worse, getting worse, get better, got better, "
                                 "getting better, changed, over time, trend, improved, rise, rose, "
                                 "risen, increased, decreased, gone up, gone down, went up, went "
                                 "down, go up, go down";
    if (!mkt_fold_says(&d->w->fold, d->c->from, d->c->to, change)) return MKT_OK;
    return mkt_plan_unanswered(d->w->plan, err,
                               "How a single step changes over time is not told: the trend is that "
                               "of the whole way, as in “is the funnel getting worse?”.");
}

static mkt_status tell_way(struct mkt_planner_draft *d, const struct mkt_planner_way *way,
                           struct mkt_err *err)
{
    struct mkt_focus *f = &d->step.focus;
    const struct mkt_planner_clause *c = d->c;
    bool timed =
        !way->count && mkt_fold_says(&d->w->fold, c->from, c->to, mkt_planner_work_time_words);
    if ((way->abandoned || way->side == MKT_PLANNER_AFTER) && !timed &&
        mkt_fold_says(&d->w->fold, c->from, c->to, next_words)) {
        only(f, "stop_next*", NULL);
        f->kinds = 1U << MKT_FINDING_COMPARE;
        mkt_plan_focus_entity(f, "step", way->from ? way->from : way->to);
        return MKT_OK;
    }
    MKT_TRY(say_change(d, err));
    if (way->from) return tell_ways(d, way, timed, err);
    bool sided = true;
    if (mkt_fold_says(&d->w->fold, c->from, c->to, worth_words)) {
        only(f, "worth_of_point", "worth_most");
        sided = false;
    } else if (timed) {
        only(f, d->quantile ? d->quantile : "time_median", d->quantile ? NULL : "time_p90");
    } else if (way->lost && way->side != MKT_PLANNER_REACHED) {
        only(f, "drop_off", "lost");
    } else if (way->rate && way->side != MKT_PLANNER_REACHED) {
        only(f, "rate_from_before", NULL);
    } else {
        only(f, "reached", "rate_from_start");
        sided = false;
    }
    if (!sided || way->side <= MKT_PLANNER_BEFORE)
        mkt_plan_focus_entity(f, "step", way->to);
    else
        mkt_plan_focus_next(f, "step", way->to);
    return sided && way->side != MKT_PLANNER_REACHED ? say_side(d, way, err) : MKT_OK;
}

int mkt_planner_work_number(const struct mkt_fold *f, size_t at)
{
    static const char *const word[] = {"one",   "two",   "three", "four", "five",   "six",
                                       "seven", "eight", "nine",  "ten",  "eleven", "twelve"};
    const char *text = at < f->tokens ? f->token[at].word : "";
    if (strcmp(text, "a") == 0 || strcmp(text, "an") == 0) return 1;
    for (int i = 0; i < 12; i++)
        if (strcmp(text, word[i]) == 0) return i + 1;
    char *end;
    long n = *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : 0;
    return n > 0 && n <= LATER_MOST && *end == '\0' ? (int)n : 0;
}

/* "within 3 days": the window. */
static mkt_status set_window(struct mkt_planner_draft *d, struct mkt_err *err)
{
    static const struct {
        const char *unit, *mark;
    } known[] = {{"minute", "m"}, {"hour", "h"}, {"day", "d"}, {"week", "w"}};
    const struct mkt_fold *f = &d->w->fold;
    for (size_t i = d->c->from; i + 2 < d->c->to; i++) {
        int n = mkt_fold_match_any(f, i, d->c->to, "within, inside")
                    ? mkt_planner_work_number(f, i + 1)
                    : 0;
        for (size_t k = 0; n && k < sizeof known / sizeof *known; k++) {
            if (!mkt_fold_match_any(f, i + 2, d->c->to, known[k].unit)) continue;
            const char *text = mkt_arena_printf(d->w->arena, "%d%s", n, known[k].mark);
            if (!text) return mkt_arena_full(d->w->arena, err);
            MKT_TRY(mkt_plan_set(&d->step, "window", text, err));
            return mkt_plan_understood(d->w->plan, err, "window is set to %s.", text);
        }
    }
    return MKT_OK;
}

/* ---- who comes back, and when ---- */

static const char *unit_at(const struct mkt_fold *f, size_t at, size_t end)
{
    static const char *const unit[] = {"day", "week", "month"};
    for (size_t i = 0; i < 3 && at < end; i++)
        if (mkt_fold_match(f, at, end, unit[i], strlen(unit[i]))) return unit[i];
    return NULL;
}

/* "after two weeks", "30 days later", "week-1", "day 7" */
static int later_at(const struct mkt_fold *f, size_t from, size_t i, size_t end, const char **unit)
{
    int n = mkt_planner_work_number(f, i);
    *unit = n ? unit_at(f, i + 1, end) : NULL;
    if (*unit && ((i > from && mkt_fold_match_any(f, i - 1, i, "after, within, in, for")) ||
                  mkt_fold_match_any(f, i + 2, end, "later, after, retention")))
        return n;
    *unit = unit_at(f, i, end);
    size_t next = i + 1 + (*unit && mkt_fold_is(f, i + 1, "-"));
    n = *unit && next < end && f->token[next].kind == MKT_TOKEN_NUMBER
            ? mkt_planner_work_number(f, next)
            : 0;
    return n;
}

static mkt_status tell_later(struct mkt_planner_draft *d, struct mkt_err *err)
{
    struct mkt_focus *f = &d->step.focus;
    const char *unit = NULL;
    int n = 0;
    for (size_t i = d->c->from; i < d->c->to && !n; i++)
        n = later_at(&d->w->fold, d->c->from, i, d->c->to, &unit);
    if (!n) return MKT_OK;
    const char *at = mkt_arena_printf(d->w->arena, "bounded_%d", n);
    const char *since = mkt_arena_printf(d->w->arena, "rolling_%d", n);
    if (!at || !since) return mkt_arena_full(d->w->arena, err);
    only(f, at, since);
    f->scope = NULL;
    return mkt_plan_set(&d->step, "cohort", unit, err);
}

mkt_status mkt_planner_draft_funnel(struct mkt_planner_draft *d, struct mkt_err *err)
{
    struct mkt_planner_way way;
    if (!mkt_analysis_takes(d->step.analysis, "steps")) return MKT_OK;
    for (size_t m = 0; m < d->step.focus.metrics; m++)
        if (strncmp(d->step.focus.metric[m], "bounded_", 8) == 0) return tell_later(d, err);
    MKT_TRY(set_window(d, err));
    return mkt_planner_work_way(d->w, d->c, &way) ? tell_way(d, &way, err) : MKT_OK;
}
