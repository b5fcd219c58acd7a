#include <string.h>

#include "base/text.h"
#include "plan/planner_draft.h"

/* Words that ask for a comparison or a change whatever the analysis. */
static const char compare_words[] =
    "vs, versus, compare, compared, comparing, comparison, better, worse, best, worst, highest, "
    "lowest, beat, beats, outperform, outperformed, difference, against, rank, ranking, top";
static const char change_words[] =
    "change, changed, grow, grew, grown, growth, growing, increased, decreased, rise, rose, risen, "
    "fall, fell, fallen, falling, drop, dropped, improved, decline, declined, went up, went down, "
    "go up, go down, gone up, gone down, developed, developing, up or down, getting better, "
    "getting worse, increase, decrease";

/* 0: what it tells is named; 1: a whole group of metrics, where none is named; 2: a hint. */
static int rank_of(const struct mkt_topic_hit *h)
{
    size_t metrics = *h->tells != '\0' && *h->tells != '!';
    for (const char *c = h->tells; *c; c++) metrics += *c == ',' && c[1] != '!';
    if (h->kind == MKT_TOPIC_HINT) return 2;
    return metrics > (h->kind == MKT_TOPIC_OWN ? 2U : 1U);
}

static mkt_status tell(struct mkt_planner_draft *d, const char *tells, bool metrics,
                       struct mkt_err *err)
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
            f->verdict = f->verdict || (n == 8 && memcmp(tells, "!verdict", 8) == 0);
        } else if (metrics) {
            const char *name = mkt_arena_strndup(d->w->arena, tells, n);
            if (!name) return mkt_arena_full(d->w->arena, err);
            if (strncmp(name, "by=", 3) == 0)
                f->scope = name + 3;
            else if (strncmp(name, "row=", 4) == 0)
                f->table = name + 4;
            else
                mkt_plan_focus_metric(f, name);
        }
        tells += n + (tells[n] == ',');
    }
    return MKT_OK;
}

/* A figure that is named goes before the verdict that the analysis' own name asks for. */
static bool names_figure(const struct mkt_planner_draft *d)
{
    for (size_t i = 0; i < d->c->topics.hits; i++) {
        const struct mkt_topic_hit *h = &d->c->topics.hit[i];
        if (h->subject == d->subject && h->kind == MKT_TOPIC_OWN && rank_of(h) == 0 && *h->tells &&
            *h->tells != '!')
            return true;
    }
    return false;
}

/* Metrics named; a row that stands for a whole group of them only where none is. */
static mkt_status set_metrics(struct mkt_planner_draft *d, struct mkt_err *err)
{
    bool figure = names_figure(d);
    for (int fallback = 0; fallback < 3; fallback++)
        for (size_t i = 0; i < d->c->topics.hits; i++) {
            const struct mkt_topic_hit *h = &d->c->topics.hit[i];
            if (h->subject != d->subject || h->kind > MKT_TOPIC_HINT) continue;
            if (rank_of(h) != fallback) continue;
            if (figure && strncmp(h->tells, "!verdict", 8) == 0) continue;
            MKT_TRY(tell(d, h->tells, fallback == 0 || d->step.focus.metrics == 0, err));
        }
    return MKT_OK;
}

bool mkt_planner_draft_says(const struct mkt_planner_draft *d, const char *phrases)
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
static const char *scope_asked(const struct mkt_planner_draft *d)
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

/* How many models of attribution it names. */
static size_t models_named(const struct mkt_planner_draft *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->c->topics.hits; i++) {
        const struct mkt_topic_hit *h = &d->c->topics.hit[i];
        bool again = h->subject != d->subject || h->kind != MKT_TOPIC_OWN || rank_of(h) != 0 ||
                     !strstr(h->tells, "_conversions");
        for (size_t k = 0; k < i && !again; k++)
            again = d->c->topics.hit[k].subject == d->subject &&
                    (d->c->topics.hit[k].from == h->from ||
                     strcmp(d->c->topics.hit[k].tells, h->tells) == 0);
        n += !again;
    }
    return n;
}

/* "the CPA of search by Markov": the model's price or return in place of its credit. */
static mkt_status set_price(struct mkt_planner_draft *d, struct mkt_err *err)
{
    static const char cost_words[] =
        "cpa, cost per conversion, cost per acquisition, cost per order",
                      return_words[] = "roas, return on ad spend, return per euro";
    struct mkt_focus *f = &d->step.focus, credit = *f;
    const struct mkt_fold *said = &d->w->fold;
    size_t from = d->c->from, to = d->c->to;
    const char *what = mkt_fold_says(said, from, to, cost_words)     ? "cpa"
                       : mkt_fold_says(said, from, to, return_words) ? "roas"
                                                                     : NULL;
    if (!what || !mkt_analysis_takes(d->step.analysis, "lookback") || !models_named(d))
        return MKT_OK;
    f->metrics = 0;
    for (size_t m = 0; m < credit.metrics; m++) {
        const char *end = strstr(credit.metric[m], "_conversions");
        if (!end || end == credit.metric[m]) continue;
        const char *name = mkt_arena_printf(d->w->arena, "%.*s_%s", (int)(end - credit.metric[m]),
                                            credit.metric[m], what);
        if (!name) return mkt_arena_full(d->w->arena, err);
        mkt_plan_focus_metric(f, name);
    }
    return MKT_OK;
}

/* Whether it asks how models differ, and not how channels do. */
static bool compares_models(const struct mkt_planner_draft *d)
{
    return mkt_analysis_takes(d->step.analysis, "lookback") &&
           (models_named(d) > 1 || mkt_planner_draft_says(d, "differ, differs, different"));
}

static void set_manner(struct mkt_planner_draft *d)
{
    struct mkt_focus *f = &d->step.focus;
    const char *scope = scope_asked(d);
    bool changes = mkt_planner_draft_says(d, change_words);
    bool compares = mkt_planner_draft_says(d, compare_words);
    if (scope) f->scope = scope;
    if (mkt_analysis_takes(d->step.analysis, "control")) /* a lift is no change over time */
        changes = false;
    if (mkt_analysis_takes(d->step.analysis, "steps") && changes) { /* from cohort to cohort */
        f->metrics = 0;
        f->verdict = compares = false;
        mkt_plan_focus_metric(f, "trend_slope");
    }
    if (mkt_analysis_takes(d->step.analysis, "period")) f->against = d->c->spans.against;
    if (f->against || changes) f->kinds |= 1U << MKT_FINDING_CHANGE;
    if (compares_models(d))
        f->kinds |= 1U << MKT_FINDING_IMBALANCE;
    else if (compares)
        f->kinds |= 1U << MKT_FINDING_COMPARE;
    if (mkt_analysis_takes(d->step.analysis, "period") && changes && !f->against)
        f->against = "before";
}

/* Figures of which less is better. */
static bool is_cost(const char *metric)
{
    static const char *const cost[] = {"cpa", "cac", "cpc", "cpm", "spend", "payback_months"};
    for (size_t i = 0; i < sizeof cost / sizeof *cost; i++)
        if (strcmp(metric, cost[i]) == 0) return true;
    return mkt_text_has_suffix(metric, "_cpa");
}

/* "which channel has the lowest CAC", "the worst campaign": from that end. */
static mkt_focus_order order_asked(const struct mkt_planner_draft *d)
{
    static const char most[] = "highest, most, largest, biggest, greatest, top",
                      least[] = "lowest, least, smallest, fewest, cheapest",
                      best[] = "best, strongest, better", worst[] = "worst, weakest, worse",
                      lost[] = "lose, losing, lost, loses, waste, wasted, wasting, unprofitable";
    const struct mkt_focus *f = &d->step.focus;
    const struct mkt_fold *said = &d->w->fold;
    size_t from = d->c->from, to = d->c->to;
    if (!f->scope || !f->metrics || *f->metric[0] == '*') return MKT_ORDER_SHEET;
    bool cost = is_cost(f->metric[0]), loses = mkt_fold_says(said, from, to, lost);
    if (mkt_fold_says(said, from, to, least)) return MKT_ORDER_LEAST;
    bool judges = mkt_fold_says(said, from, to, worst) || mkt_fold_says(said, from, to, best);
    if (judges && strcmp(f->metric[0], "spend") == 0) return MKT_ORDER_SHEET; /* of what else? */
    if (mkt_fold_says(said, from, to, worst)) return cost ? MKT_ORDER_MOST : MKT_ORDER_LEAST;
    if (mkt_fold_says(said, from, to, best)) return cost ? MKT_ORDER_LEAST : MKT_ORDER_MOST;
    if (mkt_fold_says(said, from, to, most)) return loses ? MKT_ORDER_LEAST : MKT_ORDER_MOST;
    return MKT_ORDER_SHEET;
}

bool mkt_planner_draft_compares(const struct mkt_planner_draft *d)
{
    return mkt_planner_draft_says(d, compare_words) || mkt_planner_draft_says(d, change_words);
}

mkt_status mkt_planner_draft_told(struct mkt_planner_draft *d, struct mkt_err *err)
{
    MKT_TRY(set_metrics(d, err));
    MKT_TRY(set_price(d, err));
    set_manner(d);
    d->step.focus.order = order_asked(d);
    return MKT_OK;
}
