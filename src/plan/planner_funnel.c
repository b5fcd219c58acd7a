/* What only a funnel is asked: from one event to another, one step of it, and who comes back when.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/planner_draft.h"

#define NAME_LEAST 3   /* letters of an event's */
#define GAP_MOST 4     /* words between two events of one way */
#define LATER_MOST 366 /* days, weeks or months after which somebody comes back */

static const char time_words[] =
    "how long, time, minutes, hours, days, weeks, fast, quick, quickly, duration, delay, slow";
static const char lost_words[] = "drop, drop off, dropoff, drop out, lose, losing, lost, leave, "
                                 "abandon, abandoned, abandonment, give up, stop";
static const char worth_words[] = "worth, one more point";
static const char next_words[] = "instead, do next, next, do after, do people do, do users do";

/* What people call the stages of a shop or a sign-up, and events of that sort. */
static const struct {
    const char *said, *event;
} kin[] = {
    {"purchase, buying, order, sale, transaction, conversion",
     "purchase, purchased, order completed, order placed, order, transaction, checkout completed, "
     "buy, conversion"},
    {"cart, basket, shopping cart, add to cart, adding to cart",
     "cart, add to cart, basket, added to cart, product added, add to basket"},
    {"checkout, checking out, check out",
     "checkout, begin checkout, initiate checkout, checkout started, start checkout"},
    {"visit, first visit, landing, landing page, session start",
     "visit, session start, first visit, landing page, page view"},
    {"product view, product page, viewing a product, product",
     "product view, view item, product viewed, product page"},
    {"sign up, signup, registration, signing up",
     "sign up, signup, signed up, register, registration, account created"},
    {"payment, paying", "payment, add payment info"},
};

/* Shorter names are words of other meanings. */
static size_t phrase_of(const char *name, char out[MKT_FOLD_PHRASE])
{
    size_t n = mkt_fold_phrase(name, out);
    return n < NAME_LEAST ? 0 : n;
}

static bool in_list(const char *list, const char *phrase, size_t n)
{
    for (; *list; list += *list == ',') {
        while (*list == ' ') list++;
        size_t k = strcspn(list, ",");
        if (k == n && memcmp(list, phrase, n) == 0) return true;
        list += k;
    }
    return false;
}

/* The event of the data that stands at a token: by its name, else by a word for its stage. */
static const char *event_at(const struct mkt_planner_work *w, size_t at, size_t end, size_t *took)
{
    const struct mkt_known *known = w->planner->known;
    const struct mkt_fold *f = &w->fold;
    const char *found = NULL;
    char phrase[MKT_FOLD_PHRASE];
    *took = 0;
    if (f->token[at].taken) return NULL;
    for (size_t e = 0; e < known->events_named; e++) {
        size_t n = phrase_of(known->event[e], phrase),
               k = n ? mkt_fold_match(f, at, end, phrase, n) : 0;
        if (k <= *took) continue;
        *took = k;
        found = known->event[e];
    }
    for (size_t i = 0; i < sizeof kin / sizeof *kin; i++) {
        size_t k = mkt_fold_match_any(f, at, end, kin[i].said);
        if (k <= *took) continue;
        for (size_t e = 0; e < known->events_named; e++) {
            size_t n = phrase_of(known->event[e], phrase);
            if (!n || !in_list(kin[i].event, phrase, n)) continue;
            *took = k;
            found = known->event[e];
            break;
        }
    }
    return found;
}

/* "from cart to purchase", "between cart and purchase"; of how long, "cart purchase", too. */
static bool joined(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                   size_t before, size_t from, size_t to)
{
    if (to - from > GAP_MOST) return false;
    if (mkt_fold_says(&w->fold, from, to,
                      "to, until, till, before, become, becomes, into, reach, reaches, >, →"))
        return true;
    size_t back = before > c->from + 1 ? before - 2 : c->from;
    return (mkt_fold_says(&w->fold, from, to, "and") &&
            mkt_fold_says(&w->fold, back, before, "between, of")) ||
           mkt_fold_says(&w->fold, c->from, c->to, "how long");
}

/* "reached checkout", "at the cart": the words right before; "the checkout reached", as in German.
 */
static bool arrived_at(const struct mkt_planner_work *w, size_t start, size_t at, size_t to)
{
    size_t i = at;
    if (mkt_fold_match_any(&w->fold, to, w->fold.tokens, "reached, reach")) return true;
    while (i > start && mkt_fold_match_any(&w->fold, i - 1, i, "the, a, our, step, to, in")) i--;
    return (i > start &&
            mkt_fold_says(&w->fold, i - 1, i,
                          "reach, reaches, reached, reaching, get, gets, got, come, came, made, "
                          "at, before, after")) ||
           (i > start + 1 && mkt_fold_says(&w->fold, i - 2, at, "get as far as, make it"));
}

bool mkt_planner_work_way(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                          struct mkt_planner_way *out)
{
    size_t end = c->from, start = 0;
    const char *before = NULL;
    *out = (struct mkt_planner_way){0};
    for (size_t i = c->from; i < c->to;) {
        size_t took;
        const char *event = event_at(w, i, c->to, &took);
        if (!event) {
            i++;
            continue;
        }
        if (before && strcmp(before, event) != 0 && joined(w, c, start, end, i)) {
            out->from = before;
            out->to = event;
            return true;
        }
        if (!out->to && arrived_at(w, c->from, i, i + took)) {
            out->to = event;
            out->after =
                i > c->from && mkt_fold_says(&w->fold, i > c->from + 1 ? i - 2 : i - 1, i, "after");
        }
        before = event;
        start = i;
        end = i + took;
        i = end;
    }
    return out->to != NULL;
}

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

static mkt_status tell_way(struct mkt_planner_draft *d, const struct mkt_planner_way *way,
                           struct mkt_err *err)
{
    struct mkt_focus *f = &d->step.focus;
    const struct mkt_planner_clause *c = d->c;
    bool timed = mkt_fold_says(&d->w->fold, c->from, c->to, time_words),
         lost = mkt_fold_says(&d->w->fold, c->from, c->to, lost_words);
    if (way->from) {
        MKT_TRY(set_steps(d, way, err));
        if (timed) {
            only(f, "time_median", "time_p90");
        } else if (lost) {
            only(f, "drop_off", "lost");
            mkt_plan_focus_entity(f, "step", way->to);
        } else {
            only(f, "conversion_rate", NULL);
            f->verdict = true;
        }
        return MKT_OK;
    }
    mkt_plan_focus_entity(f, "step", way->to);
    if (way->after && mkt_fold_says(&d->w->fold, c->from, c->to, next_words)) {
        f->metrics = 0;
        f->verdict = false;
        f->kinds = 1U << MKT_FINDING_COMPARE;
    } else if (mkt_fold_says(&d->w->fold, c->from, c->to, worth_words)) {
        only(f, "worth_of_point", "worth_most");
    } else if (timed) {
        only(f, "time_median", "time_p90");
    } else if (lost) {
        only(f, "drop_off", "lost");
    } else {
        only(f, "reached", "rate_from_start");
    }
    return MKT_OK;
}

/* ---- who comes back, and when ---- */

static int number_at(const struct mkt_fold *f, size_t at)
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
    int n = number_at(f, i);
    *unit = n ? unit_at(f, i + 1, end) : NULL;
    if (*unit && ((i > from && mkt_fold_match_any(f, i - 1, i, "after, within, in, for")) ||
                  mkt_fold_match_any(f, i + 2, end, "later, after, retention")))
        return n;
    *unit = unit_at(f, i, end);
    size_t next = i + 1 + (*unit && mkt_fold_is(f, i + 1, "-"));
    n = *unit && next < end && f->token[next].kind == MKT_TOKEN_NUMBER ? number_at(f, next) : 0;
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
    return mkt_planner_work_way(d->w, d->c, &way) ? tell_way(d, &way, err) : MKT_OK;
}
