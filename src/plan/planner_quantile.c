/* "How long do 90 % of users take", "the 95th percentile", "the slowest tenth": which quantile of a
 * time is asked for. */
#include <math.h>
#include <string.h>

#include "analysis/funnel.h"
#include "base/text.h"
#include "plan/planner_draft.h"

const char mkt_planner_work_time_words[] =
    "how long, time, minutes, hours, days, weeks, fast, quick, quickly, duration, delay, slow";

static const struct {
    const char *said;
    double q;
} named[] = {
    {"median, half of, half the, one half of", .5},
    {"first quartile, lower quartile, a quarter of, one quarter of", .25},
    {"third quartile, upper quartile, three quarters of, three quarters", .75},
    {"first decile, a tenth of, one tenth of", .1},
    {"ninth decile, last decile, nine tenths of", .9},
    {"a third of, one third of", 1. / 3},
    {"two thirds of, two thirds", 2. / 3},
};

static const char slow_words[] = "slowest, longest, last, slow",
                  fast_words[] = "fastest, quickest, first";

/* The number that the text holds from a byte on, with a point or a comma before decimals. */
static double number_from(const char *text, const char **rest)
{
    char digits[24];
    double value;
    size_t n = 0;
    for (; n + 1 < sizeof digits; n++) {
        bool mark = (text[n] == '.' || text[n] == ',') && text[n + 1] >= '0' && text[n + 1] <= '9';
        if (!mark && !(text[n] >= '0' && text[n] <= '9')) break;
        digits[n] = mark ? '.' : text[n];
    }
    digits[n] = '\0';
    *rest = text + n;
    return mkt_text_to_double(digits, &value) ? value : 0;
}

/* "95th percentile", "percentile 95", "p97.5"; 0 for none. `*from` and `*to` are its tokens. */
static double percentile_at(const struct mkt_fold *f, size_t start, size_t i, size_t end,
                            size_t *from, size_t *to)
{
    const struct mkt_token *t = &f->token[i];
    const char *text = f->text + t->from, *rest;
    bool letter = *t->word == 'p' && t->word[1] >= '1' && t->word[1] <= '9';
    bool ahead = i > start && mkt_fold_match_any(f, i - 1, i, "percentile"),
         behind = mkt_fold_match_any(f, i + 1, end, "percentile");
    if (!letter && !(t->kind == MKT_TOKEN_NUMBER && (ahead || behind))) return 0;
    double p = number_from(text + letter, &rest);
    *from = i - ahead;
    *to = i + 1;
    while (*to < end && f->text + f->token[*to].from < rest) ++*to;
    *to += behind;
    return p;
}

/* "nine out of ten", "9 of 10"; 0 for none. */
static double ratio_at(const struct mkt_fold *f, size_t i, size_t end, size_t *to)
{
    size_t of = i + 1 < end ? mkt_fold_match_any(f, i + 1, end, "out of, of, in") : 0;
    int a = mkt_planner_work_number(f, i),
        b = of && i + 1 + of < end ? mkt_planner_work_number(f, i + 1 + of) : 0;
    *to = i + 2 + of;
    return a > 1 && b > a && b <= 1000 ? (double)a / b : 0;
}

/* Of "the slowest 10 %" it is the other end. */
static double turned(const struct mkt_fold *f, size_t from, size_t at, double q)
{
    return at > from && mkt_fold_match_any(f, at - 1, at, slow_words) ? 1 - q : q;
}

/* "90 % of our users", "90 % to convert", "the slowest 10 %". */
static bool is_of_people(const struct mkt_fold *f, const struct mkt_planner_clause *c,
                         const struct mkt_amount *a)
{
    static const char people[] = "users, people, customers, visitors, buyers, shoppers, sessions, "
                                 "conversions, purchases, orders, of them, of those",
                      verbs[] = "take, takes, need, needs, to convert, to buy, convert, buy, have "
                                "converted, have bought";
    size_t near = a->to + 4 < c->to ? a->to + 4 : c->to;
    return mkt_fold_says(f, a->to, near, people) || mkt_fold_match_any(f, a->to, c->to, verbs) ||
           (a->from > c->from && (mkt_fold_match_any(f, a->from - 1, a->from, slow_words) ||
                                  mkt_fold_match_any(f, a->from - 1, a->from, fast_words)));
}

bool mkt_planner_work_quantile(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                               struct mkt_planner_quantile *out)
{
    const struct mkt_fold *f = &w->fold;
    *out = (struct mkt_planner_quantile){.q = NAN};
    if (!mkt_fold_says(f, c->from, c->to, mkt_planner_work_time_words)) return false;
    for (size_t i = 0; i < c->amounts; i++) {
        const struct mkt_amount *a = &c->amount[i];
        if (a->kind != MKT_AMOUNT_PERCENT || !is_of_people(f, c, a)) continue;
        *out =
            (struct mkt_planner_quantile){turned(f, c->from, a->from, a->value), a->from, a->to, i};
        return true;
    }
    for (size_t i = c->from; i < c->to; i++) {
        size_t from = i, to = i + 1;
        double p = percentile_at(f, c->from, i, c->to, &from, &to),
               q = p > 0 ? p / 100 : ratio_at(f, i, c->to, &to);
        for (size_t k = 0; !(q > 0) && k < sizeof named / sizeof *named; k++) {
            size_t took = mkt_fold_match_any(f, i, c->to, named[k].said);
            if (!took) continue;
            q = named[k].q;
            to = i + took;
        }
        if (!(q > 0)) continue;
        *out = (struct mkt_planner_quantile){turned(f, c->from, i, q), from, to, MKT_AMOUNTS};
        return true;
    }
    return false;
}

mkt_status mkt_planner_draft_quantile(struct mkt_planner_draft *d, struct mkt_err *err)
{
    struct mkt_planner_quantile x;
    struct mkt_arena *arena = d->w->arena;
    struct mkt_focus *focus = &d->step.focus;
    char text[MKT_TEXT_NUMBER];
    struct mkt_err why = {0};
    if (!mkt_planner_work_quantile(d->w, d->c, &x)) return MKT_OK;
    bool lag = false;
    for (size_t m = 0; m < focus->metrics; m++) lag = lag || strcmp(focus->metric[m], "lag") == 0;
    bool takes = mkt_analysis_takes(d->step.analysis, "quantile");
    if (!takes && !lag) return MKT_OK;
    if (x.amount < MKT_AMOUNTS) d->c->amount[x.amount].used = true;
    const char *quote = mkt_fold_quote(arena, &d->w->fold, x.from, x.to);
    if (!quote) return mkt_arena_full(arena, err);
    if (!takes)
        return mkt_plan_unanswered(d->w->plan, err,
                                   "“%s” was not used: of the time from first touch to conversion "
                                   "%s tells the mean alone; a quantile of a time is told by the "
                                   "funnel, from events.",
                                   quote, d->step.analysis->name);
    const char *value = mkt_arena_strdup(arena, mkt_text_number(x.q, text));
    d->quantile = mkt_funnel_time_metric(arena, x.q);
    if (!value || !d->quantile) return mkt_arena_full(arena, err);
    if (x.q != .5 && x.q != .9 && mkt_plan_set(&d->step, "quantile", value, &why) != MKT_OK) {
        d->quantile = NULL;
        focus->metrics = focus->kinds = 0;
        focus->verdict = false;
        mkt_plan_focus_metric(focus, "time_median");
        mkt_plan_focus_metric(focus, "time_p90");
        return mkt_plan_unanswered(d->w->plan, err,
                                   "“%s” is no quantile that can be told: %s. Given are the median "
                                   "and the ninth decile.",
                                   quote, why.text);
    }
    focus->metrics = focus->kinds = 0;
    focus->verdict = false;
    mkt_plan_focus_metric(focus, d->quantile);
    return mkt_plan_understood(d->w->plan, err,
                               "“%s” is taken as the quantile %.6g of the time: of those who "
                               "arrive, %.6g %% take no longer.",
                               quote, x.q, 100 * x.q);
}
