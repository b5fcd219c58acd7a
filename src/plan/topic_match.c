#include "plan/topic_match.h"

#include <string.h>

#include "plan/plan.h"

static bool counts_as_word(mkt_topic_kind kind)
{
    return kind == MKT_TOPIC_OWN || kind == MKT_TOPIC_SHARED || kind == MKT_TOPIC_HINT;
}

/* "not the ROI", "I do not want attribution", "instead of CPA": the words right before. */
static bool excluded(const struct mkt_fold *f, size_t start, size_t at)
{
    static const char *const sure = "instead of, rather than, not about, not want, not need, not "
                                    "care about, not interested in, not asking for, no need for, "
                                    "not asking about, not looking for, not mean, without, "
                                    "forget about, forget, leave out, not the, ignore, ignoring";
    for (size_t back = 1; back <= 6 && start + back <= at; back++) {
        size_t took = mkt_fold_match_any(f, at - back, at, sure);
        if (!took) continue;
        size_t i = at - back + took;
        while (i < at && mkt_fold_match_any(f, i, at, "the, our, any, an, a, about, more")) i++;
        if (i == at) return true;
    }
    return false;
}

/* "Return the credit of email": an order, and no matter of money. */
static bool orders(const struct mkt_fold *f, size_t start, size_t at, size_t end)
{
    return at == start && mkt_fold_is(f, at, "return") && at + 1 < end &&
           f->token[at + 1].kind == MKT_TOKEN_WORD &&
           !mkt_fold_match_any(f, at + 1, end, "on, of, per, for, from, rate");
}

static void add(struct mkt_topic_match *m, const struct mkt_topic_hit *hit)
{
    if (m->hits < MKT_TOPIC_HITS) m->hit[m->hits++] = *hit;
}

static void find_phrases(const struct mkt_fold *f, size_t start, size_t at, size_t end,
                         const char *phrases, const struct mkt_topic_hit *like,
                         struct mkt_topic_match *out)
{
    size_t took = mkt_fold_match_any(f, at, end, phrases);
    struct mkt_topic_hit hit = *like;
    if (!took) return;
    for (size_t i = at; i < at + took && hit.kind != MKT_TOPIC_SET; i++)
        if (f->token[i].taken) return;
    if (counts_as_word(hit.kind) && (excluded(f, start, at) || orders(f, start, at, end))) return;
    hit.from = at;
    hit.to = at + took;
    add(out, &hit);
}

/* Drops phrases that stand within a longer one of any analysis. */
static void keep_longest(struct mkt_topic_match *m)
{
    size_t kept = 0;
    bool within[MKT_TOPIC_HITS];
    for (size_t i = 0; i < m->hits; i++) {
        const struct mkt_topic_hit *a = &m->hit[i];
        within[i] = false;
        for (size_t k = 0; k < m->hits && !within[i]; k++) {
            const struct mkt_topic_hit *b = &m->hit[k];
            within[i] = counts_as_word(a->kind) && counts_as_word(b->kind) && b->from <= a->from &&
                        a->to <= b->to && b->to - b->from > a->to - a->from;
        }
    }
    for (size_t i = 0; i < m->hits; i++)
        if (!within[i]) m->hit[kept++] = m->hit[i];
    m->hits = kept;
}

void mkt_topic_match_find(const struct mkt_fold *fold, size_t at, size_t end,
                          const struct mkt_analysis *table, size_t analyses,
                          struct mkt_topic_match *out)
{
    out->table = table;
    out->analyses = analyses;
    out->hits = 0;
    for (size_t i = at; i < end; i++) {
        for (size_t a = 0; a < analyses; a++) {
            const struct mkt_analysis *n = &table[a];
            for (size_t t = 0; t < n->topics; t++)
                find_phrases(fold, at, i, end, n->topic[t].phrases,
                             &(struct mkt_topic_hit){a, n->topic[t].kind, n->topic[t].tells, 0, 0},
                             out);
            const char *words = n->topics ? NULL : mkt_plan_words(n);
            if (words)
                find_phrases(fold, at, i, end, words,
                             &(struct mkt_topic_hit){a, MKT_TOPIC_OWN, "", 0, 0}, out);
        }
        for (size_t a = 0; a < MKT_ABSENT_COUNT; a++) {
            bool here = false;
            for (size_t k = 0; k < analyses && !here; k++)
                here = strcmp(table[k].name, mkt_absent_table[a].name) == 0;
            if (!here)
                find_phrases(fold, at, i, end, mkt_absent_table[a].phrases,
                             &(struct mkt_topic_hit){analyses + a, MKT_TOPIC_OWN, "", 0, 0}, out);
        }
    }
    keep_longest(out);
}

int mkt_topic_match_score(const struct mkt_topic_match *m, size_t subject)
{
    int score = 0;
    for (size_t i = 0; i < m->hits; i++) {
        const struct mkt_topic_hit *h = &m->hit[i];
        bool again = false;
        if (h->subject != subject) continue;
        for (size_t k = 0; k < i && !again; k++)
            again = m->hit[k].subject == subject && m->hit[k].from == h->from;
        if (again) continue;
        if (h->kind == MKT_TOPIC_OWN) score += 3 + (int)(h->to - h->from);
        if (h->kind == MKT_TOPIC_SHARED) score += 2;
        if (h->kind == MKT_TOPIC_HINT) score += 1;
    }
    return score;
}

bool mkt_topic_match_owns(const struct mkt_topic_match *m, size_t subject)
{
    for (size_t i = 0; i < m->hits; i++)
        if (m->hit[i].subject == subject && m->hit[i].kind == MKT_TOPIC_OWN) return true;
    return false;
}
