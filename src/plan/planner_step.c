#include "plan/planner_work.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

/* Words that ask for a comparison or a change whatever the analysis. */
static const char compare_words[] =
    "vs, versus, compare, compared, comparing, comparison, better, worse, best, worst, highest, "
    "lowest, beat, beats, outperform, outperformed, difference, against, rank, ranking, top";
static const char change_words[] =
    "change, changed, grow, grew, grown, growth, growing, increased, decreased, rise, rose, risen, "
    "fall, fell, fallen, falling, drop, dropped, improved, decline, declined, went up, went down, "
    "go up, go down, gone up, gone down, developed, developing, up or down, getting better, "
    "getting worse, increase, decrease";

struct draft {
    struct mkt_planner_work *w;
    struct mkt_planner_clause *c;
    size_t subject;
    struct mkt_plan_step step;
    const struct mkt_known_name *name[MKT_FOCUS_ENTITIES];
    size_t names;
    bool each; /* each name has its own period in the question */
};

/* ---- what of the answer is meant -------------------------------------------------------- */

/* 0: what it tells is named; 1: a whole group of metrics, where none is named; 2: a hint. */
static int rank_of(const struct mkt_topic_hit *h)
{
    size_t metrics = *h->tells != '\0' && *h->tells != '!';
    for (const char *c = h->tells; *c; c++) metrics += *c == ',' && c[1] != '!';
    if (h->kind == MKT_TOPIC_HINT) return 2;
    return metrics > (h->kind == MKT_TOPIC_OWN ? 2U : 1U);
}

static mkt_status tell(struct draft *d, const char *tells, bool metrics, struct mkt_err *err)
{
    struct mkt_focus *f = &d->step.focus;
    while (*tells) {
        size_t n = strcspn(tells, ",");
        if (*tells == '!') {
            for (int k = MKT_FINDING_COMPARE; k <= MKT_FINDING_ACTION; k++) {
                const char *name = mkt_finding_kind_name((mkt_finding_kind)k);
                if (strlen(name) == n - 1 && memcmp(name, tells + 1, n - 1) == 0)
                    f->kinds |= 1U << k;
            }
        } else if (metrics) {
            const char *metric = mkt_arena_strndup(d->w->arena, tells, n);
            if (!metric) return mkt_arena_full(d->w->arena, err);
            mkt_plan_focus_metric(f, metric);
        }
        tells += n + (tells[n] == ',');
    }
    return MKT_OK;
}

/* Metrics named; a row that stands for a whole group of them only where none is. */
static mkt_status set_metrics(struct draft *d, struct mkt_err *err)
{
    for (int fallback = 0; fallback < 3; fallback++)
        for (size_t i = 0; i < d->c->topics.hits; i++) {
            const struct mkt_topic_hit *h = &d->c->topics.hit[i];
            if (h->subject != d->subject || h->kind > MKT_TOPIC_HINT) continue;
            if (rank_of(h) != fallback) continue;
            MKT_TRY(tell(d, h->tells, fallback == 0 || d->step.focus.metrics == 0, err));
        }
    return MKT_OK;
}

static bool said(const struct draft *d, const char *phrases)
{
    const struct mkt_fold *f = &d->w->fold;
    for (size_t i = d->c->from; i < d->c->to; i++) {
        bool covered = f->token[i].taken;
        for (size_t k = 0; k < d->c->topics.hits && !covered; k++) {
            const struct mkt_topic_hit *h = &d->c->topics.hit[k];
            covered = h->kind == MKT_TOPIC_OWN && i >= h->from && i < h->to;
        }
        if (!covered && mkt_fold_match_any(f, i, d->c->to, phrases)) return true;
    }
    return false;
}

/* "by channel", "which campaigns", "each segment" */
static const char *scope_asked(const struct draft *d)
{
    static const struct {
        const char *scope, *many, *one;
    } kind[] = {{"channel", "channels", "channel"},
                {"campaign", "campaigns", "campaign"},
                {"segment", "segments", "segment, audience, age group, target group, age"},
                {"segment", "audiences", "demographic"}};
    static const char *const each = "per, best, worst, what, top, all, any, cheapest, by, which, "
                                    "each, every, strongest, weakest";
    const struct mkt_fold *f = &d->w->fold;
    for (size_t i = d->c->from; i < d->c->to; i++)
        for (size_t k = 0; k < 4; k++) {
            if (mkt_fold_is(f, i, kind[k].many)) return kind[k].scope;
            if (i > 0 && mkt_fold_match_any(f, i, d->c->to, kind[k].one) &&
                mkt_fold_match_any(f, i - 1, i, each))
                return kind[k].scope;
        }
    return NULL;
}

static void set_manner(struct draft *d)
{
    struct mkt_focus *f = &d->step.focus;
    f->scope = scope_asked(d);
    f->against = d->c->spans.against;
    if (f->against || said(d, change_words)) f->kinds |= 1U << MKT_FINDING_CHANGE;
    if (said(d, compare_words)) f->kinds |= 1U << MKT_FINDING_COMPARE;
    if ((f->kinds >> MKT_FINDING_CHANGE & 1U) && !f->against) f->against = "before";
}

/* ---- amounts and other parameters ------------------------------------------------------- */

static const struct mkt_param *param_of(const struct mkt_analysis *a, const char *name, size_t n)
{
    for (size_t i = 0; i < a->params; i++)
        if (strlen(a->param[i].name) == n && memcmp(a->param[i].name, name, n) == 0)
            return &a->param[i];
    return NULL;
}

static mkt_status set_number(struct draft *d, const struct mkt_param *p, struct mkt_amount *a,
                             struct mkt_err *err)
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

/* "against A" names the control, "on revenue" the goal: the word after the phrase. */
static mkt_status set_name(struct draft *d, const struct mkt_topic_hit *h, struct mkt_err *err)
{
    struct mkt_planner_work *w = d->w;
    const struct mkt_known *known = w->planner->known;
    bool variant = strcmp(h->tells, "control") == 0;
    for (size_t i = 0; variant && i < w->mentions.count; i++) {
        const struct mkt_mention *m = &w->mentions.mention[i];
        if (m->names != 1 || m->name[0]->kind != MKT_KNOWN_VARIANT) continue;
        if (m->from < h->to || m->from > h->to + 2) continue;
        MKT_TRY(
            mkt_plan_understood(w->plan, err, "Compared with the variant %s.", m->name[0]->name));
        return mkt_plan_set(&d->step, h->tells, m->name[0]->name, err);
    }
    for (size_t i = 0; !variant && i < known->names; i++) {
        struct mkt_fold name;
        struct mkt_err none = {0};
        if (known->name[i].kind != MKT_KNOWN_METRIC) continue;
        if (mkt_fold_make(w->arena, known->name[i].name, &name, &none) != MKT_OK) continue;
        for (size_t at = h->to; at < h->to + 3 && at < d->c->to; at++) {
            size_t took = 0, k = 0;
            for (; k < name.tokens; k++) {
                if (name.token[k].kind == MKT_TOKEN_MARK) continue;
                if (at + took >= d->c->to ||
                    !mkt_fold_match(&w->fold, at + took, d->c->to, name.token[k].word,
                                    strlen(name.token[k].word)))
                    break;
                took++;
            }
            if (k < name.tokens || took == 0) continue;
            MKT_TRY(mkt_plan_understood(w->plan, err, "The metric that decides is %s.",
                                        known->name[i].name));
            return mkt_plan_set(&d->step, h->tells, known->name[i].name, err);
        }
    }
    return MKT_OK;
}

static mkt_status set_parameters(struct draft *d, struct mkt_err *err)
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

static mkt_status say_unused(struct draft *d, struct mkt_err *err)
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

/* ---- periods ------------------------------------------------------------------------------- */

static mkt_status say_period(struct draft *d, const struct mkt_when_span *s, struct mkt_err *err)
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

static mkt_status ask_reading(struct draft *d, const struct mkt_when_span *s, struct mkt_err *err)
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

static mkt_status ask_which_period(struct draft *d, const struct mkt_when_span *a,
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
static bool joined(const struct draft *d, const struct mkt_when_span *a,
                   const struct mkt_when_span *b)
{
    const struct mkt_fold *f = &d->w->fold;
    static const char *const glue =
        "and, or, vs, versus, to, with, than, compared, compare, against, over, from, in, the, "
        "between, same, period, then, not, rather, for";
    if (b->from - a->to > 5) return said(d, "compare, compared, versus, vs, than, both");
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
    return any || said(d, "compare, compared, versus, vs");
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
static mkt_status settle_periods(struct draft *d, struct mkt_when_span *out, size_t *count,
                                 struct mkt_err *err)
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
        } else if (said(d, compare_words) + said(d, change_words) +
                       said(d, "than, from") && /* "in July and August" is a list */
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

/* A campaign without a period: the days it ran. */
static mkt_status campaign_period(struct draft *d, struct mkt_plan_step *step,
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

/* ---- names ---------------------------------------------------------------------------------- */

static bool pronoun(const struct draft *d)
{
    const struct mkt_fold *f = &d->w->fold;
    for (size_t i = d->c->from; i < d->c->to; i++)
        if (mkt_fold_match_any(f, i, d->c->to,
                               "it, its, they, them, their, that campaign, this campaign, "
                               "that channel, these channels, those channels"))
            return true;
    return false;
}

static mkt_status collect_names(struct draft *d, struct mkt_err *err)
{
    struct mkt_planner_work *w = d->w;
    size_t from = d->c->from;
    if (!d->c->named && d->c > w->clause && pronoun(d)) from = (d->c - 1)->from;
    for (size_t i = 0; i < w->mentions.count; i++) {
        const struct mkt_mention *m = &w->mentions.mention[i];
        if (m->from < from || m->from >= d->c->to || (m->names != 1 && !m->each)) continue;
        if (m->without) {
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

static size_t count_kind(const struct draft *d, mkt_known_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < d->names; i++) n += d->name[i]->kind == kind;
    return n;
}

/* The kind of name that the run is cut down to; the others are looked up in its answer. */
static mkt_known_kind cut_by(const struct draft *d)
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

static mkt_status put(struct draft *d, const struct mkt_plan_step *step, struct mkt_err *err)
{
    struct mkt_plan_step s = *step;
    inherit_parameters(d->w->plan, &s);
    const struct mkt_planner *m = d->w->planner;
    for (size_t i = 0; i < m->givens; i++)
        if (mkt_analysis_takes(s.analysis, m->given[i].name))
            MKT_TRY(mkt_plan_set(&s, m->given[i].name, m->given[i].value, err));
    return mkt_plan_add_step(d->w->plan, &s, err);
}

static mkt_status put_names(struct draft *d, const struct mkt_when_span *span, struct mkt_err *err)
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

/* ---- a step ---------------------------------------------------------------------------------- */

/* The last words that asked for a period, for a clause that names none. */
static void inherit_period(struct draft *d)
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

static mkt_status say_how(struct draft *d, struct mkt_err *err)
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

mkt_status mkt_planner_work_steps(struct mkt_planner_work *w, struct mkt_planner_clause *clause,
                                  size_t subject, struct mkt_err *err)
{
    struct draft d = {.w = w, .c = clause, .subject = subject};
    struct mkt_when_span span[MKT_WHEN_SPANS];
    size_t spans = 0;
    d.step.analysis = &w->planner->table[subject];
    d.step.certain = mkt_topic_match_owns(&clause->topics, subject);
    d.step.part = mkt_fold_quote(w->arena, &w->fold, clause->from, clause->to);
    if (!d.step.part) return mkt_arena_full(w->arena, err);
    MKT_TRY(say_how(&d, err));
    MKT_TRY(set_metrics(&d, err));
    set_manner(&d);
    MKT_TRY(set_parameters(&d, err));
    MKT_TRY(say_unused(&d, err));
    MKT_TRY(collect_names(&d, err));

    if (d.each || mkt_planner_work_given(w->planner, "period")) return put_names(&d, NULL, err);
    inherit_period(&d);
    if (clause->spans.count && !mkt_analysis_takes(d.step.analysis, "period")) {
        MKT_TRY(mkt_plan_unanswered(w->plan, err,
                                    "%s looks at all days of the data: it takes no period.",
                                    d.step.analysis->name));
        return put_names(&d, NULL, err);
    }
    MKT_TRY(settle_periods(&d, span, &spans, err));
    if (spans == 0) return put_names(&d, NULL, err);
    for (size_t i = 0; i < spans; i++) MKT_TRY(put_names(&d, &span[i], err));
    return MKT_OK;
}
