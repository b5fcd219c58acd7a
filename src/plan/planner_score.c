/* How strongly a clause asks for an analysis. */
#include <string.h>

#include "plan/planner_work.h"

#define SHARED 2    /* a word that several analyses share */
#define PROPERTY 5  /* what a column of the events adds to the funnel's words */
#define WAY 7       /* two events, or a side of one, ask for a funnel by themselves */
#define ARRIVED 3   /* so does one that is reached, where nothing else is asked for */
#define VARIANT 9   /* a variant beside a word of winning: an experiment */
#define QUANTILE 12 /* a quantile of a time: only a funnel tells one */

/* Of a variant these ask for the experiment, whatever else the clause speaks of. */
static const char win_words[] =
    "better, worse, win, wins, won, winning, winner, beat, beats, ship, "
    "benefit, benefits, lift, help, helps, hurt, hurts, work, works, "
    "extra, additional, bring, brings, increase, raise, improve";

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

static bool names_variant(const struct mkt_planner_work *w, const struct mkt_planner_clause *c)
{
    for (size_t i = 0; i < w->mentions.count; i++) {
        const struct mkt_mention *m = &w->mentions.mention[i];
        if (mkt_planner_work_within(c, m) && m->names && m->name[0]->kind == MKT_KNOWN_VARIANT)
            return true;
    }
    return false;
}

/* A quantile of a time to convert, and not of the time since a touch or of what others speak of. */
static bool asks_quantile(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                          size_t subject)
{
    const struct mkt_analysis *table = w->planner->table;
    struct mkt_planner_quantile quantile;
    for (size_t i = 0; i < c->topics.hits; i++) {
        const struct mkt_topic_hit *h = &c->topics.hit[i];
        if (h->kind == MKT_TOPIC_OWN && h->subject != subject &&
            (h->subject >= w->planner->analyses ||
             !mkt_analysis_takes(&table[h->subject], "lookback")))
            return false;
    }
    return mkt_known_can(w->planner->known, table[subject].name) && !names_variant(w, c) &&
           !mkt_fold_says(&w->fold, c->from, c->to, "touch, contact, click") &&
           mkt_planner_work_quantile(w, c, &quantile);
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
        if (!mkt_planner_work_within(c, m) || m->names == 0) continue;
        if (m->name[0]->kind == MKT_KNOWN_VARIANT)
            score += !experiment                                          ? 0
                     : mkt_fold_says(&w->fold, c->from, c->to, win_words) ? VARIANT
                                                                          : 3;
        else if (m->name[0]->kind == MKT_KNOWN_CHANNEL)
            score += mkt_analysis_takes(a, "channel") || mkt_analysis_takes(a, "lookback");
        else
            score += mkt_analysis_takes(a, mkt_known_kind_name[m->name[0]->kind]);
    }
    if (given && strcmp(given, a->name) == 0) score += 100;
    if (mkt_analysis_takes(a, "lookback") && names_model(&c->topics, subject)) score += SHARED;
    struct mkt_planner_property property;
    if (score > 0 && mkt_analysis_takes(a, "steps") && !names_variant(w, c) &&
        mkt_planner_work_property(w, c, &property))
        score += PROPERTY;
    if (mkt_analysis_takes(a, "quantile") && asks_quantile(w, c, subject)) score += QUANTILE;
    struct mkt_planner_way way;
    if (mkt_analysis_takes(a, "steps") && mkt_planner_work_way(w, c, &way))
        score += way.from || way.side != MKT_PLANNER_REACHED ? WAY : score > 0 ? PROPERTY : ARRIVED;
    return score;
}
