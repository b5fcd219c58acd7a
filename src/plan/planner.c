#include "plan/planner.h"

#include <string.h>

#include "base/text.h"
#include "plan/foreign.h"
#include "plan/planner_work.h"

#define ENOUGH 2   /* a score that makes a question */
#define PROPERTY 5 /* what a column of the events adds to the funnel's words */
#define WAY 7      /* two events that a way goes between ask for a funnel by themselves */
#define NAMES 2    /* what names of the data add, at most, to words that two analyses share */
#define SHARED 2   /* a word that several analyses share */
#define ARRIVED 3  /* so does one that is reached, where nothing else is asked for */

const char *mkt_planner_work_given(const struct mkt_planner *planner, const char *name)
{
    for (size_t i = 0; i < planner->givens; i++)
        if (strcmp(planner->given[i].name, name) == 0) return planner->given[i].value;
    return NULL;
}

/* ---- before any word is read --------------------------------------------------------------- */

mkt_status mkt_planner_check(const char *question, size_t bytes, struct mkt_err *err)
{
    if (bytes > MKT_PLANNER_BYTES)
        return mkt_err_set(err, MKT_E_LIMIT, "the question has %zu bytes; at most %d are read",
                           bytes, MKT_PLANNER_BYTES);
    if (memchr(question, '\0', bytes))
        return mkt_err_set(err, MKT_E_ARG, "the question holds a NUL byte");
    for (size_t at = 0; at < bytes;) {
        size_t n = mkt_text_utf8(question + at, bytes - at);
        if (n == 0)
            return mkt_err_set(err, MKT_E_ARG, "the question is not UTF-8: byte %zu is 0x%02x",
                               at + 1, (unsigned)(unsigned char)question[at]);
        at += n;
    }
    for (size_t at = 0; at < bytes; at++)
        if (question[at] & (char)0x80 || (question[at] > ' ' && question[at] < 127)) return MKT_OK;
    return mkt_err_set(err, MKT_E_ARG, "the question is empty; one could be \"%s\"",
                       mkt_analysis_table[0].question);
}

static mkt_status check_given(const struct mkt_planner *m, struct mkt_err *err)
{
    for (size_t i = 0; i < m->givens; i++) {
        const struct mkt_given *g = &m->given[i];
        bool taken = false;
        for (size_t a = 0; a < m->analyses; a++) {
            struct mkt_args tried = {{0}};
            if (strcmp(g->name, "analysis") == 0) {
                taken = taken || strcmp(g->value, m->table[a].name) == 0;
            } else if (mkt_analysis_takes(&m->table[a], g->name)) {
                taken = true;
                MKT_TRY(mkt_args_set(&tried, &m->table[a], g->name, g->value, err));
            }
        }
        if (!taken && strcmp(g->name, "analysis") == 0)
            return mkt_err_set(err, MKT_E_ARG, "there is no analysis \"%s\"", g->value);
        if (!taken && strcmp(g->name, "variant") != 0)
            return mkt_err_set(err, MKT_E_ARG, "no analysis has a parameter \"%s\"", g->name);
    }
    return MKT_OK;
}

/* ---- which analysis a clause asks for -------------------------------------------------------- */

/* A model of attribution is named: a price or a return beside it is meant by that model. */
static bool names_model(const struct mkt_topic_match *topics, size_t subject)
{
    for (size_t i = 0; i < topics->hits; i++) {
        const struct mkt_topic_hit *h = &topics->hit[i];
        const char *model = strstr(h->tells, "_conversions");
        if (h->subject == subject && h->kind == MKT_TOPIC_OWN && model && model != h->tells &&
            !strchr(model, '!') && strncmp(h->tells, "incremental", 11) != 0)
            return true;
    }
    return false;
}

int mkt_planner_work_score(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                           size_t subject)
{
    int score = mkt_topic_match_score(&c->topics, subject);
    const char *given = mkt_planner_work_given(w->planner, "analysis");
    if (subject >= w->planner->analyses) return score;
    const struct mkt_analysis *a = &w->planner->table[subject];
    bool experiment = mkt_analysis_takes(a, "control");
    for (size_t i = 0; i < w->mentions.count; i++) {
        const struct mkt_mention *m = &w->mentions.mention[i];
        if (m->from < c->from || m->from >= c->to || m->names == 0) continue;
        if (m->name[0]->kind == MKT_KNOWN_VARIANT)
            score += experiment ? 3 : 0;
        else if (m->name[0]->kind == MKT_KNOWN_CHANNEL)
            score += mkt_analysis_takes(a, "channel") || mkt_analysis_takes(a, "lookback");
        else
            score += mkt_analysis_takes(a, mkt_known_kind_name[m->name[0]->kind]);
    }
    if (given && strcmp(given, a->name) == 0) score += 100;
    if (mkt_analysis_takes(a, "lookback") && names_model(&c->topics, subject)) score += SHARED;
    struct mkt_planner_property property;
    if (score > 0 && mkt_analysis_takes(a, "steps") && mkt_planner_work_property(w, c, &property))
        score += PROPERTY;
    struct mkt_planner_way way;
    if (mkt_analysis_takes(a, "steps") && mkt_planner_work_way(w, c, &way))
        score += way.from ? WAY : score > 0 ? PROPERTY : ARRIVED;
    return score;
}

/* A question of what to do names days to come: what is here looks at those there are. */
static void look_back(struct mkt_planner_work *w, struct mkt_planner_clause *c)
{
    const struct mkt_known *known = w->planner->known;
    for (size_t i = 0; i < c->spans.count; i++) {
        struct mkt_when_span *s = &c->spans.span[i];
        s->ahead = s->ahead ||
                   (known->data.first <= known->data.last && s->period.first > known->data.last);
    }
}

static mkt_status say_absent(struct mkt_planner_work *w, struct mkt_planner_clause *c, size_t which,
                             struct mkt_err *err)
{
    const struct mkt_absent *a = &mkt_absent_table[which];
    const char *quote = mkt_fold_quote(w->arena, &w->fold, c->from, c->to);
    if (!quote) return mkt_arena_full(w->arena, err);
    MKT_TRY(mkt_plan_unanswered(
        w->plan, err, "“%s” is a question for %s (%s), which is not here yet.%s%s%s%s%s", quote,
        a->name, a->what, a->instead ? " What is here: " : "", a->instead ? a->instead : "",
        a->instead ? " " : "", a->instead ? a->says : "", a->instead ? "." : ""));
    for (size_t i = 0; a->instead && i < w->planner->analyses; i++) {
        if (strcmp(w->planner->table[i].name, a->instead) != 0) continue;
        if (c->topics.hits < MKT_TOPIC_HITS)
            c->topics.hit[c->topics.hits++] =
                (struct mkt_topic_hit){i, MKT_TOPIC_HINT, a->tells, c->from, c->from};
        look_back(w, c);
        return mkt_planner_work_steps(w, c, i, err);
    }
    return MKT_OK;
}

static mkt_status add_subject(struct mkt_planner_work *w, struct mkt_planner_clause *c,
                              size_t subject, struct mkt_err *err)
{
    if (subject >= w->planner->analyses)
        return say_absent(w, c, subject - w->planner->analyses, err);
    return mkt_planner_work_steps(w, c, subject, err);
}

/* The subject speaks of these very words, too. */
static bool shares(const struct mkt_planner_clause *c, size_t subject,
                   const struct mkt_topic_hit *hit)
{
    for (size_t i = 0; i < c->topics.hits; i++) {
        const struct mkt_topic_hit *h = &c->topics.hit[i];
        if (h->subject == subject && h->kind <= MKT_TOPIC_SHARED && h->from == hit->from &&
            h->to == hit->to)
            return true;
    }
    return false;
}

/* Another question in the same clause: words of its own, parted by "and" from the first's. */
static bool stands_apart(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                         size_t first, size_t second)
{
    for (size_t i = 0; i < c->topics.hits; i++) {
        const struct mkt_topic_hit *a = &c->topics.hit[i];
        if (a->subject != second || a->kind != MKT_TOPIC_OWN || shares(c, first, a)) continue;
        for (size_t k = 0; k < c->topics.hits; k++) {
            const struct mkt_topic_hit *b = &c->topics.hit[k];
            if (b->subject != first || b->kind > MKT_TOPIC_SHARED) continue;
            size_t from = a->to <= b->from ? a->to : b->to,
                   to = a->to <= b->from ? b->from : a->from;
            if (to < from || to - from > 6) continue;
            for (size_t t = from; t < to; t++)
                if (mkt_fold_match_any(&w->fold, t, to, "and, plus, as well as, &") ||
                    mkt_fold_is(&w->fold, t, ","))
                    return true;
        }
    }
    return false;
}

/* Two analyses asked for equally: the one that the data can answer, or a question back. */
static mkt_status settle_tie(struct mkt_planner_work *w, struct mkt_planner_clause *c, size_t *best,
                             int score, struct mkt_err *err)
{
    const struct mkt_planner *m = w->planner;
    size_t tied[8], ties = 0, able = 0, owners = 0;
    for (size_t s = 0; s < m->analyses && ties < 8; s++)
        if (mkt_planner_work_score(w, c, s) == score) tied[ties++] = s;
    if (ties < 2) return MKT_OK;
    for (size_t i = 0; i < ties; i++)
        if (mkt_known_can(m->known, m->table[tied[i]].name)) tied[able++] = tied[i];
    if (able >= 1) *best = tied[0];
    for (size_t i = 0; i < able; i++) owners += mkt_topic_match_owns(&c->topics, tied[i]);
    for (size_t i = 0; owners == 1 && i < able; i++)
        if (mkt_topic_match_owns(&c->topics, tied[i])) *best = tied[i];
    if (able < 2 || owners == 1) return MKT_OK;
    if (!w->plan->back)
        for (size_t i = 0; i < able; i++)
            mkt_plan_choose(w->plan, "analysis", m->table[tied[i]].name,
                            m->table[tied[i]].question);
    return mkt_plan_ask(w->plan, err, "The question could be for %s analyses. Which is meant?",
                        MKT_COUNT(able));
}

/* "What should I cut?" of touchpoints alone: what journeys say of it, where nothing tells the cost. */
static size_t advise_on_journeys(struct mkt_planner_work *w, struct mkt_planner_clause *c,
                                 size_t best)
{
    const struct mkt_planner *m = w->planner;
    size_t found = best;
    if (best >= m->analyses || mkt_known_can(m->known, m->table[best].name)) return best;
    for (size_t i = 0; i < c->topics.hits; i++) {
        const struct mkt_topic_hit *h = &c->topics.hit[i];
        if (h->subject == best && h->kind <= MKT_TOPIC_SHARED && strcmp(h->tells, "!action") != 0)
            return best;
    }
    for (size_t s = 0; s < m->analyses; s++)
        if (mkt_analysis_takes(&m->table[s], "lookback") &&
            mkt_known_can(m->known, m->table[s].name))
            found = s;
    if (found != best && c->topics.hits < MKT_TOPIC_HITS)
        c->topics.hit[c->topics.hits++] = (struct mkt_topic_hit){
            found, MKT_TOPIC_HINT, "incremental_conversions,markov_conversions,!action", c->from,
            c->from};
    return found;
}

/* What the data cannot answer, in words that are not its own, gives way to what they can. */
static size_t able_instead(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                           size_t best)
{
    const struct mkt_planner *m = w->planner;
    size_t found = best;
    int most = 0;
    if (best >= m->analyses || mkt_topic_match_owns(&c->topics, best) ||
        mkt_known_can(m->known, m->table[best].name))
        return best;
    for (size_t s = 0; s < m->analyses; s++) {
        int score = mkt_planner_work_score(w, c, s);
        if (score <= most || !mkt_known_can(m->known, m->table[s].name)) continue;
        most = score;
        found = s;
    }
    return found;
}

/* A word of an analysis' own says more than two that others share. */
static size_t owner_instead(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                            size_t best, int most)
{
    const struct mkt_planner *m = w->planner;
    if (best >= m->analyses || mkt_topic_match_owns(&c->topics, best)) return best;
    for (size_t s = 0; s < m->analyses; s++)
        if (mkt_topic_match_owns(&c->topics, s) && mkt_known_can(m->known, m->table[s].name) &&
            mkt_planner_work_score(w, c, s) + SHARED >= most)
            return s;
    return best;
}

static mkt_status answer_clause(struct mkt_planner_work *w, struct mkt_planner_clause *c,
                                struct mkt_err *err)
{
    size_t subjects = w->planner->analyses + MKT_ABSENT_COUNT, best = subjects;
    int most = 0;
    for (size_t s = 0; s < subjects; s++) {
        int score = mkt_planner_work_score(w, c, s);
        bool rival = s >= w->planner->analyses && best < w->planner->analyses && score > 0;
        bool cannot = rival && !mkt_known_can(w->planner->known, w->planner->table[best].name);
        bool absent_owns =
            rival && (score == most ? cannot || !mkt_topic_match_owns(&c->topics, best)
                                    : cannot && score + NAMES >= most);
        if (score > most || absent_owns) {
            most = score;
            best = s;
        }
    }
    if (most < ENOUGH && !(most == 1 && (c->named || c->spans.count))) {
        w->plan->open = true;
        const char *quote = mkt_fold_quote(w->arena, &w->fold, c->from, c->to);
        if (!quote) return mkt_arena_full(w->arena, err);
        return mkt_plan_unanswered(w->plan, err, "“%s” was not understood.", quote);
    }
    best = owner_instead(w, c, best, most);
    best = advise_on_journeys(w, c, best);
    size_t able = able_instead(w, c, best);
    if (able == best && best < w->planner->analyses) MKT_TRY(settle_tie(w, c, &best, most, err));
    best = able == best ? best : able;
    MKT_TRY(add_subject(w, c, best, err));
    for (size_t s = 0; s < subjects; s++)
        if (s != best && mkt_topic_match_owns(&c->topics, s) && stands_apart(w, c, best, s))
            MKT_TRY(add_subject(w, c, s, err));
    return MKT_OK;
}

/* "brand awareness" in lower case is a matter of the field before it is the campaign of that name,
 * unless the word "campaign" stands beside it. */
static void drop_common_names(struct mkt_planner_work *w)
{
    size_t kept = 0;
    struct mkt_topic_match *topics = &w->clause[0].topics; /* not in use yet */
    for (size_t i = 0; i < w->mentions.count; i++) {
        const struct mkt_mention m = w->mentions.mention[i];
        struct mkt_fold *f = &w->fold;
        char first = f->text[f->token[m.from].from];
        bool common = m.names == 1 && m.name[0]->kind == MKT_KNOWN_CAMPAIGN && first >= 'a' &&
                      first <= 'z' && !mkt_fold_match_any(f, m.to, f->tokens, "campaign") &&
                      !(m.from > 0 && mkt_fold_match_any(f, m.from - 1, m.from, "campaign"));
        if (common) {
            for (size_t k = m.from; k < m.to; k++) f->token[k].taken = false;
            mkt_topic_match_find(f, m.from, m.to, w->planner->table, w->planner->analyses, topics);
            common = false;
            for (size_t k = 0; k < topics->hits; k++)
                common = common || (topics->hit[k].kind == MKT_TOPIC_OWN &&
                                    topics->hit[k].from == m.from && topics->hit[k].to == m.to);
            for (size_t k = m.from; k < m.to; k++) f->token[k].taken = !common;
        }
        if (!common) w->mentions.mention[kept++] = m;
    }
    w->mentions.count = kept;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static mkt_status read_words(struct mkt_planner_work *w, struct mkt_err *err)
{
    const struct mkt_known *known = w->planner->known;
    MKT_TRY(mkt_fold_make(w->arena, w->plan->question, &w->fold, err));
    MKT_TRY(mkt_mention_find(w->arena, &w->fold, known, true, &w->mentions, err));
    MKT_TRY(mkt_foreign_turn(w->arena, &w->fold, &w->plan->language, err));
    for (size_t i = 0; i < w->fold.tokens; i++) w->fold.token[i].taken = false;
    MKT_TRY(mkt_mention_find(w->arena, &w->fold, known, false, &w->mentions, err));
    drop_common_names(w);
    if (w->plan->language && strcmp(w->plan->language, "English") != 0)
        return mkt_plan_understood(w->plan, err, "The question is in %s; the answer is in English.",
                                   w->plan->language);
    return MKT_OK;
}

static void keep_what_is_certain(const struct mkt_planner_work *w)
{
    struct mkt_plan *plan = w->plan;
    for (size_t i = 0; i < w->clauses; i++)
        for (size_t k = 0; k < w->clause[i].spans.count && !plan->period; k++) {
            const struct mkt_when_span *s = &w->clause[i].spans.span[k];
            if (!s->wrong && !s->ahead && !s->other) plan->period = s->text;
        }
    for (size_t i = 0; i < w->mentions.count && plan->names < MKT_FOCUS_ENTITIES; i++)
        if (w->mentions.mention[i].names == 1 && !w->mentions.mention[i].without)
            plan->name[plan->names++] = w->mentions.mention[i].name[0];
}

static mkt_status say_what_can_be_asked(struct mkt_planner_work *w, struct mkt_err *err)
{
    struct mkt_buf list;
    mkt_buf_init(&list, w->arena);
    for (size_t i = 0; i < w->planner->analyses; i++)
        mkt_buf_printf(&list, "%s“%s”", i ? ", " : "", w->planner->table[i].question);
    MKT_TRY(mkt_buf_check(&list, err));
    return mkt_plan_unanswered(w->plan, err,
                               "What can be asked, in English, German, French, Spanish, Italian, "
                               "Dutch or Portuguese: %s.",
                               list.data);
}

mkt_status mkt_planner_plan(const struct mkt_planner *planner, const char *question, size_t bytes,
                            struct mkt_plan *plan, struct mkt_err *err)
{
    MKT_TRY(mkt_planner_check(question, bytes, err));
    plan->question = mkt_text_clean(plan->arena, question, bytes, MKT_PLANNER_BYTES);
    if (!plan->question) return mkt_arena_full(plan->arena, err);
    MKT_TRY(check_given(planner, err));
    struct mkt_planner_work *w = MKT_NEW(plan->arena, struct mkt_planner_work, 1);
    if (!w) return mkt_arena_full(plan->arena, err);
    w->planner = planner;
    w->arena = plan->arena;
    w->plan = plan;
    MKT_TRY(read_words(w, err));
    MKT_TRY(mkt_planner_work_clauses(w, err));
    MKT_TRY(mkt_planner_work_names(w, err));
    keep_what_is_certain(w);
    for (size_t i = 0; i < w->clauses; i++) MKT_TRY(answer_clause(w, &w->clause[i], err));
    if (plan->back) plan->steps = 0;
    if (plan->steps == 0 && !plan->back && plan->open) MKT_TRY(say_what_can_be_asked(w, err));
    if (planner->known->cut)
        MKT_TRY(mkt_plan_understood(plan, err,
                                    "The data have more than %s names; only the first are "
                                    "recognised in questions.",
                                    MKT_COUNT(MKT_KNOWN_NAMES)));
    return MKT_OK;
}
