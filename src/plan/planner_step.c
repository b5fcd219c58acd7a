#include <string.h>

#include "base/text.h"
#include "plan/planner_draft.h"

/* A campaign without a period: the days it ran. */
static mkt_status campaign_period(struct mkt_planner_draft *d, struct mkt_plan_step *step,
                                  const struct mkt_known_name *name, struct mkt_err *err)
{
    char a[MKT_DATE_TEXT], b[MKT_DATE_TEXT];
    const struct mkt_known *known = d->w->planner->known;
    if (name->days.first > name->days.last) return MKT_OK;
    if (name->days.first <= known->data.first + 31 && name->days.last >= known->data.last - 31)
        return MKT_OK; /* it always ran */
    const char *text = mkt_when_text(d->w->arena, name->days);
    if (!text) return mkt_arena_full(d->w->arena, err);
    MKT_TRY(mkt_plan_understood(d->w->plan, err, "The period is the days %s had spend, %s to %s.",
                                name->name, mkt_date_text(name->days.first, a),
                                mkt_date_text(name->days.last, b)));
    return mkt_plan_set(step, "period", text, err);
}

/* ---- names ---- */

static bool pronoun(const struct mkt_planner_draft *d)
{
    const struct mkt_fold *f = &d->w->fold;
    for (size_t i = d->c->from; i < d->c->to; i++)
        if (mkt_fold_match_any(f, i, d->c->to,
                               "it, its, they, them, their, that campaign, this campaign, "
                               "that channel, these channels, those channels"))
            return true;
    return false;
}

/* "How many conversions would we lose without search?" is about search. */
static bool asks_cause(const struct mkt_planner_draft *d)
{
    for (size_t i = 0; i < d->step.focus.metrics; i++)
        if (strncmp(d->step.focus.metric[i], "incremental_", 12) == 0) return true;
    return false;
}

static mkt_status collect_names(struct mkt_planner_draft *d, struct mkt_err *err)
{
    struct mkt_planner_work *w = d->w;
    size_t from = d->c->from;
    if (!d->c->named && d->c > w->clause && pronoun(d)) from = (d->c - 1)->from;
    for (size_t i = 0; i < w->mentions.count; i++) {
        const struct mkt_mention *m = &w->mentions.mention[i];
        if (m->from < from || m->from >= d->c->to || (m->names != 1 && !m->each)) continue;
        if (m->name[0]->kind == MKT_KNOWN_SEGMENT &&
            mkt_analysis_takes(d->step.analysis, "control"))
            continue; /* its segments are its own: planner_segment.c */
        if (m->without && !asks_cause(d)) {
            bool set = false;
            for (size_t k = 0; k < d->c->topics.hits && !set; k++)
                set = d->c->topics.hit[k].kind == MKT_TOPIC_SET &&
                      d->c->topics.hit[k].subject == d->subject &&
                      d->c->topics.hit[k].to >= m->to && d->c->topics.hit[k].from <= m->from;
            if (!set)
                MKT_TRY(mkt_plan_unanswered(
                    w->plan, err,
                    "%s cannot be left out of the sums: the answer shows it beside the others.",
                    m->name[0]->name));
            continue;
        }
        d->each = d->each || m->each;
        for (size_t k = 0; k < m->names && d->names < MKT_FOCUS_ENTITIES; k++)
            d->name[d->names++] = m->name[k];
    }
    /* a name given beside the question */
    for (size_t i = 0; d->names == 0 && i < w->planner->known->names; i++) {
        const struct mkt_known_name *n = &w->planner->known->name[i];
        const char *given = mkt_planner_work_given(w->planner, mkt_known_kind_name[n->kind]);
        if (given && mkt_text_equal_nocase(given, n->name)) d->name[d->names++] = n;
    }
    return MKT_OK;
}

static size_t count_kind(const struct mkt_planner_draft *d, mkt_known_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < d->names; i++) n += d->name[i]->kind == kind;
    return n;
}

/* The kind of name that the run is cut down to; the others are looked up in its answer. */
static mkt_known_kind cut_by(const struct mkt_planner_draft *d)
{
    if (count_kind(d, MKT_KNOWN_CAMPAIGN)) return MKT_KNOWN_CAMPAIGN;
    if (count_kind(d, MKT_KNOWN_CHANNEL) && count_kind(d, MKT_KNOWN_SEGMENT))
        return MKT_KNOWN_CHANNEL;
    return MKT_KNOWN_KINDS;
}

/* How an analysis is to work stands for all parts of a question; its period, names and money do
 * not. */
static void inherit_parameters(const struct mkt_plan *plan, struct mkt_plan_step *s)
{
    for (size_t i = 0; i < plan->steps; i++)
        for (size_t k = 0; plan->step[i].analysis == s->analysis && k < s->analysis->params; k++) {
            const struct mkt_param *p = &s->analysis->param[k];
            bool own = p->type == MKT_PARAM_PERIOD || p->type == MKT_PARAM_TEXT ||
                       strcmp(p->unit, "money") == 0;
            if (!own && !s->args.text[k]) s->args.text[k] = plan->step[i].args.text[k];
        }
}

static mkt_status put(struct mkt_planner_draft *d, const struct mkt_plan_step *step,
                      struct mkt_err *err)
{
    struct mkt_plan_step s = *step;
    inherit_parameters(d->w->plan, &s);
    const struct mkt_planner *m = d->w->planner;
    for (size_t i = 0; i < m->givens; i++)
        if (mkt_analysis_takes(s.analysis, m->given[i].name))
            MKT_TRY(mkt_plan_set(&s, m->given[i].name, m->given[i].value, err));
    return mkt_plan_add_step(d->w->plan, &s, err);
}

static mkt_status put_names(struct mkt_planner_draft *d, const struct mkt_when_span *span,
                            struct mkt_err *err)
{
    struct mkt_plan_step base = d->step;
    mkt_known_kind cut = cut_by(d);
    bool filters =
        cut < MKT_KNOWN_KINDS && mkt_analysis_takes(base.analysis, mkt_known_kind_name[cut]);
    bool told = false;
    if (span && mkt_analysis_takes(base.analysis, "period"))
        MKT_TRY(mkt_plan_set(&base, "period", span->text, err));
    for (size_t i = 0; i < d->names; i++) {
        const char *scope = mkt_known_kind_name[d->name[i]->kind];
        if (d->name[i]->kind == cut) {
            if (!filters && mkt_analysis_takes(base.analysis, "lookback")) {
                mkt_plan_focus_entity(&base.focus, scope, d->name[i]->name);
                continue;
            }
            if (!filters && !told)
                MKT_TRY(mkt_plan_unanswered(d->w->plan, err, "%s cannot be cut down to a %s.",
                                            base.analysis->name, scope));
            told = true;
            continue;
        }
        mkt_plan_focus_entity(&base.focus, scope, d->name[i]->name);
        if (base.focus.scope && strcmp(base.focus.scope, scope) == 0) base.focus.scope = NULL;
    }
    if (!filters) return put(d, &base, err);
    for (size_t i = 0; i < d->names; i++) {
        struct mkt_plan_step s = base;
        if (d->name[i]->kind != cut) continue;
        MKT_TRY(mkt_plan_set(&s, mkt_known_kind_name[cut], d->name[i]->name, err));
        if (!span && cut == MKT_KNOWN_CAMPAIGN) MKT_TRY(campaign_period(d, &s, d->name[i], err));
        MKT_TRY(put(d, &s, err));
    }
    return MKT_OK;
}

/* ---- a step ---- */

/* The last words that asked for a period, for a clause that names none. */
static void inherit_period(struct mkt_planner_draft *d)
{
    const struct mkt_planner_work *w = d->w;
    if (d->c->spans.count) return;
    for (const struct mkt_planner_clause *c = d->c; c-- > w->clause;)
        if (c->spans.count && !c->spans.span[0].wrong) {
            d->c->spans.count = c->spans.count;
            memcpy(d->c->spans.span, c->spans.span, sizeof c->spans.span);
            return;
        }
}

static mkt_status say_how(struct mkt_planner_draft *d, struct mkt_err *err)
{
    struct mkt_buf words;
    size_t n = 0;
    mkt_buf_init(&words, d->w->arena);
    for (size_t i = 0; i < d->c->topics.hits && n < 4; i++) {
        const struct mkt_topic_hit *h = &d->c->topics.hit[i];
        if (h->subject != d->subject || h->kind > MKT_TOPIC_SHARED) continue;
        const char *quote = mkt_fold_quote(d->w->arena, &d->w->fold, h->from, h->to);
        if (!quote) return mkt_arena_full(d->w->arena, err);
        mkt_buf_printf(&words, "%s“%s”", n++ ? ", " : "", quote);
    }
    MKT_TRY(mkt_buf_check(&words, err));
    d->step.how = n ? mkt_arena_printf(d->w->arena, "Asked of %s by the words %s.",
                                       d->step.analysis->name, words.data)
                    : mkt_arena_printf(d->w->arena, "Asked of %s.", d->step.analysis->name);
    return d->step.how ? MKT_OK : mkt_arena_full(d->w->arena, err);
}

/* A model's credit has no sum that tells anything: of no channel in particular it is of each. */
static void each_channel(struct mkt_planner_draft *d)
{
    struct mkt_focus *f = &d->step.focus;
    const char *first = f->metrics ? f->metric[0] : "";
    bool credit =
        mkt_text_has_suffix(first, "_conversions") && !mkt_text_has_prefix(first, "incremental_");
    if (!credit || d->names || f->scope || f->entities || f->kinds) return;
    if (!mkt_analysis_takes(d->step.analysis, "lookback")) return;
    f->scope = "channel";
    f->order = MKT_ORDER_MOST;
}

mkt_status mkt_planner_work_steps(struct mkt_planner_work *w, struct mkt_planner_clause *clause,
                                  size_t subject, struct mkt_err *err)
{
    struct mkt_planner_draft d = {.w = w, .c = clause, .subject = subject};
    struct mkt_when_span span[MKT_WHEN_SPANS];
    size_t spans = 0;
    d.step.analysis = &w->planner->table[subject];
    d.step.certain = mkt_topic_match_owns(&clause->topics, subject);
    d.step.part = mkt_fold_quote(w->arena, &w->fold, clause->from, clause->to);
    if (!d.step.part) return mkt_arena_full(w->arena, err);
    MKT_TRY(say_how(&d, err));
    MKT_TRY(mkt_planner_draft_told(&d, err));
    MKT_TRY(mkt_planner_draft_quantile(&d, err));
    MKT_TRY(mkt_planner_draft_parameters(&d, err));
    MKT_TRY(mkt_planner_draft_funnel(&d, err));
    MKT_TRY(mkt_planner_draft_property(&d, err));
    MKT_TRY(mkt_planner_draft_segments(&d, err));
    MKT_TRY(mkt_planner_draft_transitions(&d, err));
    MKT_TRY(collect_names(&d, err));
    each_channel(&d);
    if (mkt_analysis_takes(d.step.analysis, "control") && d.names && !d.step.focus.metrics &&
        !d.step.focus.kinds && !d.step.focus.verdict)
        mkt_plan_focus_metric(&d.step.focus,
                              mkt_fold_says(&w->fold, clause->from, clause->to,
                                            "extra, additional, more, bring, brings")
                                  ? "*_lift"
                                  : "*"); /* what is measured in the variants named */

    if (d.each || mkt_planner_work_given(w->planner, "period")) return put_names(&d, NULL, err);
    inherit_period(&d);
    if (clause->spans.count && !clause->spans.span[0].ahead &&
        !mkt_analysis_takes(d.step.analysis, "period")) {
        MKT_TRY(mkt_plan_unanswered(w->plan, err,
                                    "%s looks at all days of the data: it takes no period.",
                                    d.step.analysis->name));
        return put_names(&d, NULL, err);
    }
    MKT_TRY(mkt_planner_draft_periods(&d, span, &spans, err));
    if (spans == 0) return put_names(&d, NULL, err);
    for (size_t i = 0; i < spans; i++) MKT_TRY(put_names(&d, &span[i], err));
    return MKT_OK;
}
