/* Columns of the events in a question: "by device", "mobile users". */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "plan/planner_draft.h"

#define VALUE_LEAST 3 /* letters; shorter ones are words of other meanings */

static const char *const parting =
    "by, per, each, every, which, across, between, what, all, of each";

/* "device" of "device category". */
static size_t stem_of(const char *phrase, size_t n)
{
    static const char *const end[] = {" category", " type", " name", " group"};
    for (size_t i = 0; i < sizeof end / sizeof *end; i++) {
        size_t k = strlen(end[i]);
        if (n > k && strcmp(phrase + n - k, end[i]) == 0) return n - k;
    }
    return n;
}

/* What analyses cut by themselves is theirs. */
static bool is_own(const struct mkt_known_property *p)
{
    static const char *const own[] = {"channel", "campaign", "segment", "source", "medium"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(p->name, own[i]) == 0) return true;
    return p->channel;
}

/* Tokens from `at` that hold the property's name after a word that parts by it. */
static size_t names_it(const struct mkt_fold *f, size_t at, size_t end,
                       const struct mkt_known_property *p)
{
    char phrase[MKT_FOLD_PHRASE];
    size_t n = mkt_fold_phrase(p->name, phrase), took = 0;
    if (n) took = mkt_fold_match(f, at, end, phrase, n);
    if (n && !took) took = mkt_fold_match(f, at, end, phrase, stem_of(phrase, n));
    return took;
}

/* What people call the values of a device. */
static const struct {
    const char *said, *value;
} kin[] = {{"phone, smartphone, cell phone, handset, mobile device", "mobile"},
           {"computer, laptop, pc", "desktop"},
           {"ipad", "tablet"}};

size_t mkt_planner_work_value(const struct mkt_fold *f, size_t at, size_t end, const char *value)
{
    for (size_t i = 0; i < sizeof kin / sizeof *kin; i++) {
        size_t took = mkt_text_equal_nocase(kin[i].value, value)
                          ? mkt_fold_match_any(f, at, end, kin[i].said)
                          : 0;
        if (took && !f->token[at].taken) return took;
    }
    char phrase[MKT_FOLD_PHRASE];
    size_t n = mkt_fold_phrase(value, phrase);
    if (n < VALUE_LEAST || !isalpha((unsigned char)*phrase) || f->token[at].taken) return 0;
    return mkt_fold_match(f, at, end, phrase, n);
}

bool mkt_planner_work_property(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                               struct mkt_planner_property *out)
{
    const struct mkt_known *known = w->planner->known;
    *out = (struct mkt_planner_property){0};
    for (size_t i = c->from; i < c->to; i++)
        for (size_t p = 0; p < known->properties; p++) {
            const struct mkt_known_property *x = &known->property[p];
            if (is_own(x) || (out->property && out->property != x)) continue;
            bool parted = i > c->from && mkt_fold_match_any(&w->fold, i - 1, i, parting);
            if (parted && names_it(&w->fold, i, c->to, x)) out->property = x;
            for (size_t v = 0; v < x->values && out->values < MKT_FOCUS_ENTITIES; v++)
                if (mkt_planner_work_value(&w->fold, i, c->to, x->value[v])) {
                    out->property = x;
                    out->value[out->values++] = x->value[v];
                }
        }
    return out->property != NULL;
}

static mkt_status list_properties(struct mkt_planner_draft *d, const char **out,
                                  struct mkt_err *err)
{
    const struct mkt_known *known = d->w->planner->known;
    struct mkt_buf list;
    mkt_buf_init(&list, d->w->arena);
    for (size_t p = 0; p < known->properties; p++)
        mkt_buf_printf(&list, "%s%.80s", p ? ", " : "", known->property[p].name);
    *out = list.length ? list.data : "none";
    return mkt_buf_check(&list, err);
}

/* "by device" where no column tells it would be passed over in silence. */
static mkt_status say_lack(struct mkt_planner_draft *d, struct mkt_err *err)
{
    static const char *const columns = "device, device type, device category, browser, "
                                       "operating system, os, gender, language, landing page, plan";
    const struct mkt_fold *f = &d->w->fold;
    const struct mkt_known *known = d->w->planner->known;
    for (size_t i = d->c->from; i + 1 < d->c->to; i++) {
        if (!mkt_fold_match_any(f, i, i + 1, "by, per, each")) continue;
        size_t took = mkt_fold_match_any(f, i + 1, d->c->to, columns);
        if (!took || f->token[i + 1].taken) continue;
        const char *quote = mkt_fold_quote(d->w->arena, f, i, i + 1 + took), *list;
        if (!quote) return mkt_arena_full(d->w->arena, err);
        if (!known->events)
            return mkt_plan_unanswered(d->w->plan, err,
                                       "“%s” was not used: the data hold no events, whose columns "
                                       "conversion can be compared by.",
                                       quote);
        MKT_TRY(list_properties(d, &list, err));
        return mkt_plan_unanswered(d->w->plan, err,
                                   "“%s” was not used by %s: conversion can be compared by the "
                                   "columns of the events, which are: %s.",
                                   quote, d->step.analysis->name, list);
    }
    return MKT_OK;
}

/* "which weekday": what adds up a period tells no parts of it. */
static mkt_status say_times(struct mkt_planner_draft *d, struct mkt_err *err)
{
    static const char parts[] = "weekday, day of the week, days of the week, time of day, hour of "
                                "the day, which month, best month, worst month, which week, best "
                                "week, worst week, which day, best day, worst day, which quarter, "
                                "best quarter, worst quarter";
    if (!mkt_planner_draft_says(d, parts)) return MKT_OK;
    return mkt_plan_unanswered(d->w->plan, err,
                               "Days, weeks and months are not held against each other by %s: it "
                               "adds up one period, as in “in March 2026”.",
                               d->step.analysis->name);
}

mkt_status mkt_planner_draft_property(struct mkt_planner_draft *d, struct mkt_err *err)
{
    struct mkt_planner_property x;
    struct mkt_plan_step *s = &d->step;
    bool takes = mkt_analysis_takes(s->analysis, "steps");
    if (!takes && !mkt_analysis_takes(s->analysis, "control") &&
        mkt_planner_work_property(d->w, d->c, &x) && x.values)
        return mkt_plan_unanswered(d->w->plan, err,
                                   "%s is a value of the column %s of the events: %s cannot be cut "
                                   "down to it.",
                                   x.value[0], x.property->name, s->analysis->name);
    if (mkt_analysis_takes(s->analysis, "period")) MKT_TRY(say_times(d, err));
    if (mkt_analysis_takes(s->analysis, "control")) return MKT_OK; /* planner_segment.c */
    if (!takes || !mkt_planner_work_property(d->w, d->c, &x)) return say_lack(d, err);
    for (size_t m = 0; m < s->focus.metrics; m++)
        if (strncmp(s->focus.metric[m], "bounded_", 8) == 0)
            return mkt_plan_unanswered(d->w->plan, err,
                                       "Who comes back is told of all users together, not by %s.",
                                       x.property->name);
    for (size_t m = 0; (x.values || s->focus.entities) && m < s->focus.metrics; m++)
        if (strcmp(s->focus.metric[m], "drop_off") == 0) { /* "where do we lose them on mobile" */
            s->focus.metrics = 0;
            s->focus.verdict = false;
            mkt_plan_focus_metric(&s->focus, s->focus.entities ? "drop_off" : "conversion_rate");
            mkt_plan_focus_metric(&s->focus, "rate_*");
            break;
        }
    if (x.values && s->focus.metrics && strcmp(s->focus.metric[0], "reached") == 0) {
        s->focus.metrics = s->focus.entities = 0;
        mkt_plan_focus_metric(&s->focus, "entered");
        mkt_plan_focus_metric(&s->focus, "rate_*");
        MKT_TRY(mkt_plan_unanswered(d->w->plan, err,
                                    "How many of one %s reach a step is not told, but which share "
                                    "goes on from each step to the next.",
                                    x.property->name));
    }
    MKT_TRY(mkt_plan_set(s, "segment", x.property->name, err));
    s->focus.kinds |= 1U << MKT_FINDING_COMPARE;
    for (size_t v = 0; v < x.values; v++) mkt_plan_focus_entity(&s->focus, "segment", x.value[v]);
    if (!x.values) s->focus.scope = "segment";
    return mkt_plan_understood(d->w->plan, err, "Compared by %s, a column of the events.",
                               x.property->name);
}
