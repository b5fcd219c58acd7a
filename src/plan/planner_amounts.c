#include <math.h>
#include <string.h>

#include "base/text.h"
#include "plan/planner_draft.h"

static const struct mkt_param *param_of(const struct mkt_analysis *a, const char *name, size_t n)
{
    for (size_t i = 0; i < a->params; i++)
        if (strlen(a->param[i].name) == n && memcmp(a->param[i].name, name, n) == 0)
            return &a->param[i];
    return NULL;
}

static mkt_status set_number(struct mkt_planner_draft *d, const struct mkt_param *p,
                             struct mkt_amount *a, struct mkt_err *err)
{
    char text[MKT_TEXT_NUMBER], other[MKT_TEXT_NUMBER];
    struct mkt_err why = {0};
    double v = a->value;
    if (a->used) return MKT_OK;
    if (p->most <= 1 && a->kind == MKT_AMOUNT_PLAIN && v > 1 && v <= 100) v /= 100;
    a->used = true;
    const char *value = mkt_arena_strdup(d->w->arena, mkt_text_number(v, text));
    if (!value) return mkt_arena_full(d->w->arena, err);
    if (!isnan(a->other) && a->kind != MKT_AMOUNT_PERCENT && strcmp(p->unit, "money") == 0) {
        const char *more = mkt_arena_strdup(d->w->arena, mkt_text_number(a->other, other));
        const char *r1 = mkt_arena_printf(d->w->arena, "%s of %s", p->name, value);
        const char *r2 = more ? mkt_arena_printf(d->w->arena, "%s of %s", p->name, more) : NULL;
        if (!r1 || !r2) return mkt_arena_full(d->w->arena, err);
        if (mkt_planner_work_given(d->w->planner, p->name)) return MKT_OK;
        if (!d->w->plan->back) {
            mkt_plan_choose(d->w->plan, p->name, value, r1);
            mkt_plan_choose(d->w->plan, p->name, more, r2);
        }
        return mkt_plan_ask(d->w->plan, err,
                            "The amount for %s could be read with a thousands mark or with "
                            "decimals. Which is meant?",
                            p->name);
    }
    const char *known = d->w->planner->known->currency;
    if (strcmp(p->unit, "money") == 0 && a->currency && known && strcmp(a->currency, known) != 0)
        return mkt_plan_unanswered(d->w->plan, err,
                                   "The amount is in %s and the data in %s: without a rate of "
                                   "exchange %s was not set.",
                                   a->currency, known, p->name);
    if (mkt_plan_set(&d->step, p->name, value, &why) != MKT_OK)
        return mkt_plan_unanswered(d->w->plan, err, "%s.", why.text);
    return mkt_plan_understood(d->w->plan, err, "%s is set to %s.", p->name, value);
}

/* The nearest amount within a few words. */
static struct mkt_amount *near_by(struct mkt_planner_clause *c, const struct mkt_topic_hit *h)
{
    struct mkt_amount *best = NULL;
    size_t least = 5;
    for (size_t i = 0; i < c->amounts; i++) {
        struct mkt_amount *a = &c->amount[i];
        size_t gap = a->from >= h->to ? a->from - h->to : h->from >= a->to ? h->from - a->to : 0;
        if (a->used || gap >= least) continue;
        best = a;
        least = gap;
    }
    return best;
}

/* How many tokens from `at` are a metric's name, whatever its marks. */
static size_t metric_at(const struct mkt_planner_draft *d, size_t at, const struct mkt_fold *name)
{
    size_t took = 0;
    for (size_t k = 0; k < name->tokens; k++) {
        const char *word = name->token[k].word;
        if (name->token[k].kind == MKT_TOKEN_MARK) continue;
        if (at + took >= d->c->to ||
            !mkt_fold_match(&d->w->fold, at + took, d->c->to, word, strlen(word)))
            return 0;
        took++;
    }
    return took;
}

/* The metric that decides: one whose name begins at one of the tokens from..to. */
static mkt_status set_goal(struct mkt_planner_draft *d, size_t from, size_t to, struct mkt_err *err)
{
    const struct mkt_known *known = d->w->planner->known;
    for (size_t i = 0; i < known->names; i++) {
        struct mkt_fold name;
        struct mkt_err none = {0};
        if (known->name[i].kind != MKT_KNOWN_METRIC) continue;
        if (mkt_fold_make(d->w->arena, known->name[i].name, &name, &none) != MKT_OK) continue;
        for (size_t at = from; at < to && at < d->c->to; at++) {
            if (!metric_at(d, at, &name)) continue;
            MKT_TRY(mkt_plan_understood(d->w->plan, err, "The metric that decides is %s.",
                                        known->name[i].name));
            return mkt_plan_set(&d->step, "goal", known->name[i].name, err);
        }
    }
    return MKT_OK;
}

/* Whether the step has a value for a parameter. */
static bool has_value(const struct mkt_planner_draft *d, const char *name)
{
    const struct mkt_analysis *a = d->step.analysis;
    for (size_t i = 0; i < a->params; i++)
        if (strcmp(a->param[i].name, name) == 0) return d->step.args.text[i] != NULL;
    return true;
}

/* "against A" names the control, "on revenue" the goal: the word after the phrase. */
static mkt_status set_name(struct mkt_planner_draft *d, const struct mkt_topic_hit *h,
                           struct mkt_err *err)
{
    struct mkt_planner_work *w = d->w;
    bool variant = strcmp(h->tells, "control") == 0;
    for (size_t i = 0; variant && i < w->mentions.count; i++) {
        const struct mkt_mention *m = &w->mentions.mention[i];
        if (m->names != 1 || m->name[0]->kind != MKT_KNOWN_VARIANT) continue;
        if (m->from < h->to || m->from > h->to + 2) continue;
        MKT_TRY(
            mkt_plan_understood(w->plan, err, "Compared with the variant %s.", m->name[0]->name));
        return mkt_plan_set(&d->step, h->tells, m->name[0]->name, err);
    }
    return variant ? MKT_OK : set_goal(d, h->to, h->to + 3, err);
}

static mkt_status set_parameters(struct mkt_planner_draft *d, struct mkt_err *err)
{
    const struct mkt_analysis *a = d->step.analysis;
    for (size_t i = 0; i < d->c->topics.hits; i++) {
        const struct mkt_topic_hit *h = &d->c->topics.hit[i];
        size_t n = strcspn(h->tells, "=");
        const struct mkt_param *p = h->subject == d->subject ? param_of(a, h->tells, n) : NULL;
        struct mkt_amount *amount;
        if (!p || h->kind < MKT_TOPIC_NUMBER) continue;
        if (h->kind == MKT_TOPIC_SET) {
            MKT_TRY(mkt_plan_set(&d->step, p->name, h->tells + n + 1, err));
            MKT_TRY(mkt_plan_understood(d->w->plan, err, "%s is set to %s.", p->name,
                                        h->tells + n + 1));
        } else if (h->kind == MKT_TOPIC_NAME) {
            MKT_TRY(set_name(d, h, err));
        } else if ((amount = near_by(d->c, h))) {
            MKT_TRY(set_number(d, p, amount, err));
        }
    }
    if (!has_value(d, "goal")) MKT_TRY(set_goal(d, d->c->from, d->c->to, err));
    /* money goes to the parameter of money that the words tell of */
    for (size_t i = 0; i < a->params; i++) {
        const struct mkt_param *p = &a->param[i];
        bool told = false;
        for (size_t m = 0; m < d->step.focus.metrics; m++)
            told = told || strcmp(d->step.focus.metric[m], p->name) == 0;
        for (size_t k = 0; told && strcmp(p->unit, "money") == 0 && k < d->c->amounts; k++)
            if (d->c->amount[k].kind != MKT_AMOUNT_PERCENT)
                MKT_TRY(set_number(d, p, &d->c->amount[k], err));
    }
    return MKT_OK;
}

static mkt_status say_unused(struct mkt_planner_draft *d, struct mkt_err *err)
{
    for (size_t i = 0; i < d->c->amounts; i++) {
        struct mkt_amount *a = &d->c->amount[i];
        if (a->used || (a->kind == MKT_AMOUNT_PLAIN && a->value < 1000)) continue;
        const char *quote = mkt_fold_quote(d->w->arena, &d->w->fold, a->from, a->to);
        if (!quote) return mkt_arena_full(d->w->arena, err);
        a->used = true;
        MKT_TRY(mkt_plan_understood(d->w->plan, err,
                                    "“%s” was not used: no analysis asked here takes it.", quote));
    }
    return MKT_OK;
}

mkt_status mkt_planner_draft_parameters(struct mkt_planner_draft *d, struct mkt_err *err)
{
    MKT_TRY(set_parameters(d, err));
    return say_unused(d, err);
}
