#include "plan/planner_work.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define NAMED 12 /* of one kind, at most */

static bool overlaps(struct mkt_period a, struct mkt_period b)
{
    return a.first <= b.last && b.first <= a.last;
}

static void keep_only(struct mkt_mention *m, const struct mkt_known_name *name)
{
    m->name[0] = name;
    m->names = 1;
}

/* Keeps the candidates for which `keep` says so, if there are any. */
static void narrow(struct mkt_mention *m, const bool *keep)
{
    size_t n = 0;
    for (size_t i = 0; i < m->names; i++) n += keep[i];
    if (n == 0) return;
    n = 0;
    for (size_t i = 0; i < m->names; i++)
        if (keep[i]) m->name[n++] = m->name[i];
    m->names = n;
}

static bool contains_year(const char *name, int year)
{
    char text[16];
    snprintf(text, sizeof text, "%d", year);
    return strstr(name, text) != NULL;
}

/* A name given beside the question, or the word for its kind beside it in the question. */
static void narrow_by_kind(const struct mkt_planner_work *w, struct mkt_mention *m)
{
    static const char *const word[MKT_KNOWN_KINDS] = {
        "channel", "campaign", "segment, audience, group", "variant, version", "metric"};
    bool keep[MKT_MENTION_CANDIDATES];
    const struct mkt_fold *f = &w->fold;
    for (size_t i = 0; i < m->names; i++) {
        const char *given =
            mkt_planner_work_given(w->planner, mkt_known_kind_name[m->name[i]->kind]);
        keep[i] = given && mkt_text_equal_nocase(given, m->name[i]->name);
    }
    narrow(m, keep);
    for (size_t i = 0; i < m->names; i++) {
        const char *phrases = word[m->name[i]->kind];
        keep[i] = (m->from > 0 && mkt_fold_match_any(f, m->from - 1, m->from, phrases)) ||
                  mkt_fold_match_any(f, m->to, f->tokens, phrases);
    }
    narrow(m, keep);
}

/* "the winter sale in 2026 and in 2025": one campaign for each of the periods. */
static bool one_for_each(const struct mkt_planner_work *w, const struct mkt_mention *m)
{
    for (size_t c = 0; c < w->clauses; c++) {
        const struct mkt_planner_clause *clause = &w->clause[c];
        if (m->from < clause->from || m->from >= clause->to) continue;
        if (clause->spans.count < 2 || clause->spans.count != m->names) return false;
        for (size_t s = 0; s < clause->spans.count; s++) {
            size_t fit = 0;
            for (size_t i = 0; i < m->names; i++)
                fit += !clause->spans.span[s].wrong && m->name[i]->kind == MKT_KNOWN_CAMPAIGN &&
                       overlaps(m->name[i]->days, clause->spans.span[s].period);
            if (fit != 1) return false;
        }
        return true;
    }
    return false;
}

/* Campaigns of the period asked for; the last one where the question says so. */
static void narrow_by_time(const struct mkt_planner_work *w, struct mkt_mention *m)
{
    bool keep[MKT_MENTION_CANDIDATES] = {false};
    struct mkt_period asked = {0, -1};
    struct mkt_period given;
    const char *text = mkt_planner_work_given(w->planner, "period");
    for (size_t c = 0; c < w->clauses; c++) {
        const struct mkt_planner_clause *clause = &w->clause[c];
        if (clause->spans.count && !clause->spans.span[0].wrong &&
            (asked.first > asked.last || (m->from >= clause->from && m->from < clause->to)))
            asked = clause->spans.span[0].period;
    }
    if (text && mkt_period_parse(text, w->planner->known->data, &given)) asked = given;
    if (asked.first <= asked.last) {
        for (size_t i = 0; i < m->names; i++) keep[i] = overlaps(m->name[i]->days, asked);
        narrow(m, keep);
        struct mkt_date a = mkt_date_of(asked.first), b = mkt_date_of(asked.last);
        for (size_t i = 0; i < m->names; i++)
            keep[i] = a.year == b.year && contains_year(m->name[i]->name, a.year);
        narrow(m, keep);
    }
    if (m->from == 0 || !mkt_fold_match_any(&w->fold, m->from - 1, m->from,
                                            "last, latest, current, recent, newest, previous"))
        return;
    const struct mkt_known_name *newest = m->name[0];
    for (size_t i = 1; i < m->names; i++)
        if (m->name[i]->days.last > newest->days.last) newest = m->name[i];
    keep_only(m, newest);
}

static mkt_status list_names(struct mkt_planner_work *w, mkt_known_kind kind, const char **out,
                             struct mkt_err *err)
{
    struct mkt_buf text;
    const struct mkt_known *known = w->planner->known;
    size_t n = 0, told = 0;
    mkt_buf_init(&text, w->arena);
    for (size_t i = 0; i < known->names; i++) n += known->name[i].kind == kind;
    for (size_t i = 0; i < known->names; i++)
        if (known->name[i].kind == kind && mkt_buf_listed(&text, told++, n, NAMED))
            mkt_buf_printf(&text, "%.80s", known->name[i].name);
    MKT_TRY(mkt_buf_check(&text, err));
    *out = n ? text.data : NULL;
    return MKT_OK;
}

static mkt_status say_unknown(struct mkt_planner_work *w, const struct mkt_mention *m,
                              struct mkt_err *err)
{
    const char *list;
    const char *quote = mkt_fold_quote(w->arena, &w->fold, m->from, m->to);
    bool campaign = m->how == MKT_MENTION_PART;
    if (!quote) return mkt_arena_full(w->arena, err);
    MKT_TRY(list_names(w, campaign ? MKT_KNOWN_CAMPAIGN : MKT_KNOWN_CHANNEL, &list, err));
    if (!list) return MKT_OK; /* there are no such names at all: the analysis says so */
    return mkt_plan_unanswered(w->plan, err, "The data name no %s “%s”; they name %s.",
                               campaign ? "campaign" : "channel", quote, list);
}

static mkt_status ask_which(struct mkt_planner_work *w, const struct mkt_mention *m,
                            struct mkt_err *err)
{
    const char *quote = mkt_fold_quote(w->arena, &w->fold, m->from, m->to);
    if (!quote) return mkt_arena_full(w->arena, err);
    if (w->plan->back) return MKT_OK;
    for (size_t i = 0; i < m->names; i++) {
        const char *kind = mkt_known_kind_name[m->name[i]->kind];
        const char *reading = mkt_arena_printf(w->arena, "the %s %s", kind, m->name[i]->name);
        if (!reading) return mkt_arena_full(w->arena, err);
        mkt_plan_choose(w->plan, kind, m->name[i]->name, reading);
    }
    return mkt_plan_ask(w->plan, err,
                        "“%s” could be more than one name of the data. Which is meant?", quote);
}

static mkt_status say_guess(struct mkt_planner_work *w, const struct mkt_mention *m,
                            struct mkt_err *err)
{
    static const char *const why[] = {"", ", spelt a little differently", ", by a part of its name",
                                      ", another word for it"};
    const char *quote = mkt_fold_quote(w->arena, &w->fold, m->from, m->to);
    if (!quote) return mkt_arena_full(w->arena, err);
    if (m->how == MKT_MENTION_EXACT) return MKT_OK;
    return mkt_plan_understood(w->plan, err, "“%s” is taken as the %s %s%s.", quote,
                               mkt_known_kind_name[m->name[0]->kind], m->name[0]->name,
                               why[m->how]);
}

mkt_status mkt_planner_work_names(struct mkt_planner_work *w, struct mkt_err *err)
{
    for (size_t i = 0; i < w->mentions.count; i++) {
        struct mkt_mention *m = &w->mentions.mention[i];
        if (m->names > 1) narrow_by_kind(w, m);
        m->each = m->names > 1 && one_for_each(w, m);
        if (m->names > 1 && !m->each) narrow_by_time(w, m);
        if (m->names == 0)
            MKT_TRY(say_unknown(w, m, err));
        else if (m->names > 1 && !m->each)
            MKT_TRY(ask_which(w, m, err));
        else
            MKT_TRY(say_guess(w, m, err));
    }
    return MKT_OK;
}
