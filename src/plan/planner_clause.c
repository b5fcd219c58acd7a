#include "plan/planner_work.h"

#include <string.h>

static bool ends_sentence(const struct mkt_fold *f, size_t at)
{
    static const char *const mark[] = {"?", "!", ".", ";", "…", "。", "？", "؟"};
    if (f->token[at].kind != MKT_TOKEN_MARK) return false;
    for (size_t i = 0; i < sizeof mark / sizeof *mark; i++)
        if (strcmp(f->token[at].word, mark[i]) == 0) return true;
    return false;
}

/* How many tokens of "and", "," or "and also" stand before the opening of another question. */
static size_t opens_clause(const struct mkt_fold *f, size_t at)
{
    size_t i = at;
    while (i < f->tokens && i < at + 3 &&
           mkt_fold_match_any(f, i, f->tokens, "and, but, then, also, plus, so"))
        i++;
    if (i == at && mkt_fold_is(f, at, ",")) {
        i++;
        while (i < f->tokens && mkt_fold_match_any(f, i, f->tokens, "and, but, then, also")) i++;
    }
    if (i == at || i >= f->tokens) return 0;
    return mkt_fold_match_any(f, i, f->tokens,
                              "what, which, how, who, whom, where, when, why, should, did, does, "
                              "do we, is, are, was, were, can, could, show, tell, give, list, "
                              "recommend, will, would, in which, on which, for which, by how")
               ? i - at
               : 0;
}

static void add_clause(struct mkt_planner_work *w, size_t from, size_t to)
{
    if (from >= to) return;
    if (w->clauses == MKT_PLANNER_CLAUSES) {
        w->clause[w->clauses - 1].to = to; /* the rest belongs to the last */
        return;
    }
    w->clause[w->clauses].from = from;
    w->clause[w->clauses++].to = to;
}

static void cut(struct mkt_planner_work *w)
{
    const struct mkt_fold *f = &w->fold;
    size_t from = 0;
    for (size_t i = 0; i < f->tokens; i++) {
        if (ends_sentence(f, i)) {
            add_clause(w, from, i + 1);
            from = i + 1;
            continue;
        }
        size_t joint = i >= from + 2 ? opens_clause(f, i) : 0;
        if (!joint) continue;
        add_clause(w, from, i);
        from = i + joint;
        i = from - 1;
    }
    add_clause(w, from, f->tokens);
}

static void look(struct mkt_planner_work *w, struct mkt_planner_clause *c)
{
    mkt_topic_match_find(&w->fold, c->from, c->to, w->planner->table, w->planner->analyses,
                         &c->topics);
    c->named = false;
    for (size_t i = 0; i < w->mentions.count; i++)
        c->named = c->named || mkt_planner_work_within(c, &w->mentions.mention[i]);
}

static int best_score(const struct mkt_planner_work *w, const struct mkt_planner_clause *c)
{
    int best = 0;
    for (size_t s = 0; s < w->planner->analyses + MKT_ABSENT_COUNT; s++) {
        int score = mkt_topic_match_score(&c->topics, s);
        if (score > best) best = score;
    }
    return best;
}

static size_t words_of(const struct mkt_fold *f, const struct mkt_planner_clause *c)
{
    size_t n = 0;
    for (size_t i = c->from; i < c->to; i++) n += f->token[i].kind == MKT_TOKEN_WORD;
    return n;
}

/* A clause that asks for nothing by itself says something about its neighbour, unless it is a
 * question of its own that nobody here can answer. */
static mkt_status settle(struct mkt_planner_work *w, struct mkt_err *err)
{
    size_t kept = 0;
    bool pending = false; /* the clause before asks for nothing: its words go to the next */
    size_t pending_from = 0;
    for (size_t i = 0; i < w->clauses; i++) {
        struct mkt_planner_clause *c = &w->clause[i];
        look(w, c);
        bool asks = best_score(w, c) >= 2;
        bool strange = !asks && !c->named && c->to > c->from && words_of(&w->fold, c) >= 4 &&
                       mkt_fold_is(&w->fold, c->to - 1, "?") && w->clauses > 1;
        if (strange) {
            const char *quote = mkt_fold_quote(w->arena, &w->fold, c->from, c->to);
            if (!quote) return mkt_arena_full(w->arena, err);
            w->plan->open = true;
            MKT_TRY(mkt_plan_unanswered(w->plan, err, "“%s” was not understood.", quote));
            continue;
        }
        if (!asks && kept > 0) {
            w->clause[kept - 1].to = c->to;
            look(w, &w->clause[kept - 1]);
            continue;
        }
        if (!asks && i + 1 < w->clauses) {
            if (!pending) pending_from = c->from;
            pending = true;
            continue;
        }
        if (pending) c->from = pending_from;
        pending = false;
        if (c != &w->clause[kept]) w->clause[kept] = *c;
        look(w, &w->clause[kept++]);
    }
    w->clauses = kept;
    return MKT_OK;
}

static bool decimal_comma(const struct mkt_plan *plan)
{
    return plan->language && strcmp(plan->language, "English") != 0;
}

mkt_status mkt_planner_work_clauses(struct mkt_planner_work *w, struct mkt_err *err)
{
    cut(w);
    MKT_TRY(settle(w, err));
    for (size_t i = 0; i < w->clauses; i++) {
        struct mkt_planner_clause *c = &w->clause[i];
        MKT_TRY(
            mkt_when_find(w->arena, &w->fold, c->from, c->to, w->planner->known, &c->spans, err));
        c->amounts = mkt_amount_find(&w->fold, c->from, c->to, decimal_comma(w->plan), c->amount);
        look(w, c); /* a period's words are no topic: "from last quarter" */
    }
    return MKT_OK;
}
