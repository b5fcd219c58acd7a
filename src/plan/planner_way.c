/* Events of the data in a question: from one to another, or one of them and on which side of it. */
#include <string.h>

#include "plan/planner_work.h"

#define NAME_LEAST 3 /* letters of an event's */
#define GAP_MOST 4   /* words between two events of one way */

static const char lost_words[] =
    "drop, drop off, dropoff, drop out, dropped, dropping, lose, losing, lost, loss, leave, "
    "leaving, leave at, give up, stop, exit, quit, abandon, abandons, abandoned, abandoning, "
    "abandonment";
static const char abandon_words[] = "abandon, abandons, abandoned, abandoning, abandonment";
static const char rate_words[] = "conversion rate, completion rate, completion, conversion, "
                                 "convert, converts, converting, go on, goes on, continue, "
                                 "continues, proceed, proceeds";
static const char count_words[] =
    "share, percentage, percent, proportion, rate, how many users, how many people, "
    "how many visitors, how many customers, how many buyers, how many of";

/* What people call the stages of a shop or a sign-up, and events of that sort. */
static const struct {
    const char *said, *event;
} kin[] = {
    {"purchase, buy, buys, buying, order, sale, transaction, conversion",
     "purchase, purchased, order completed, order placed, order, transaction, checkout completed, "
     "buy, conversion"},
    {"cart, basket, shopping cart, add to cart, adding to cart",
     "cart, add to cart, basket, added to cart, product added, add to basket"},
    {"checkout, checking out, check out",
     "checkout, begin checkout, initiate checkout, checkout started, start checkout"},
    {"visit, first visit, landing, landing page, session start",
     "visit, session start, first visit, landing page, page view"},
    {"product view, product page, viewing a product, product",
     "product view, view item, product viewed, product page"},
    {"sign up, signup, registration, signing up",
     "sign up, signup, signed up, register, registration, account created"},
    {"payment, paying", "payment, add payment info"},
};

/* Shorter names are words of other meanings. */
static size_t phrase_of(const char *name, char out[MKT_FOLD_PHRASE])
{
    size_t n = mkt_fold_phrase(name, out);
    return n < NAME_LEAST ? 0 : n;
}

static bool in_list(const char *list, const char *phrase, size_t n)
{
    for (; *list; list += *list == ',') {
        while (*list == ' ') list++;
        size_t k = strcspn(list, ",");
        if (k == n && memcmp(list, phrase, n) == 0) return true;
        list += k;
    }
    return false;
}

/* The first event of the data that is called by one of the names. */
static const char *event_called(const struct mkt_planner_work *w, const char *names)
{
    const struct mkt_known *known = w->planner->known;
    char phrase[MKT_FOLD_PHRASE];
    for (size_t e = 0; e < known->events_named; e++) {
        size_t n = phrase_of(known->event[e], phrase);
        if (n && in_list(names, phrase, n)) return known->event[e];
    }
    return NULL;
}

/* The event of the data that stands at a token: by its name, else by a word for its stage. */
static const char *event_at(const struct mkt_planner_work *w, size_t at, size_t end, size_t *took)
{
    const struct mkt_known *known = w->planner->known;
    const struct mkt_fold *f = &w->fold;
    const char *found = NULL;
    char phrase[MKT_FOLD_PHRASE];
    *took = 0;
    if (f->token[at].taken) return NULL;
    for (size_t e = 0; e < known->events_named; e++) {
        size_t n = phrase_of(known->event[e], phrase),
               k = n ? mkt_fold_match(f, at, end, phrase, n) : 0;
        if (k <= *took) continue;
        *took = k;
        found = known->event[e];
    }
    for (size_t i = 0; i < sizeof kin / sizeof *kin; i++) {
        size_t k = mkt_fold_match_any(f, at, end, kin[i].said);
        const char *called = k > *took ? event_called(w, kin[i].event) : NULL;
        if (!called) continue;
        *took = k;
        found = called;
    }
    return found;
}

/* "from cart to purchase", "between cart and purchase"; of how long, "cart purchase", and of which
 * share, "of those who start the checkout buy", too. */
static bool joined(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                   size_t before, size_t from, size_t to)
{
    if (to - from > GAP_MOST) return false;
    if (mkt_fold_says(&w->fold, from, to,
                      "to, until, till, before, become, becomes, into, reach, reaches, >, →"))
        return true;
    size_t back = before > c->from + 1 ? before - 2 : c->from;
    return (mkt_fold_says(&w->fold, from, to, "and") &&
            mkt_fold_says(&w->fold, back, before, "between, of")) ||
           mkt_fold_says(&w->fold, c->from, c->to, "how long") ||
           (mkt_fold_says(&w->fold, c->from, before, count_words) &&
            !mkt_fold_says(&w->fold, from, to, "and, or, than, versus, vs, after, at"));
}

/* Whether one of the phrases ends right before a token, "the" and its like between them; `*from` is
 * where it begins. */
static bool stands_before(const struct mkt_planner_work *w, size_t start, size_t at,
                          const char *between, const char *phrases, size_t *from)
{
    while (at > start && mkt_fold_match_any(&w->fold, at - 1, at, between)) at--;
    for (*from = at > start + 4 ? at - 4 : start; *from < at; ++*from)
        if (*from + mkt_fold_match_any(&w->fold, *from, at, phrases) == at) return true;
    return false;
}

/* The side of an event at tokens [way->at, way->end), which then hold the words that tell it. */
static bool find_side(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                      struct mkt_planner_way *way)
{
    static const char article[] = "the, a, our, their, my, step, stage",
                      onto[] = "the, a, our, their, my, step, stage, to, in";
    static const struct {
        mkt_planner_side side;
        const char *between, *phrases;
    } ahead[] = {
        {MKT_PLANNER_BEFORE, article, "before, prior to, short of, ahead of"},
        {MKT_PLANNER_AFTER, article, "after, following, past, beyond"},
        {MKT_PLANNER_AT, article,
         "at, abandon, abandons, abandoned, abandoning, abandonment of, leave, leaving, quit, "
         "drop out of, drop off of, drop off on, drop off rate of, loss of, exit, "
         "conversion rate of, completion rate of"},
        {MKT_PLANNER_REACHED, "actually, then, also, ever, do, who",
         "users, visitors, people, "
         "shoppers"},
        {MKT_PLANNER_REACHED, onto,
         "reach, reaches, reached, reaching, get, gets, got, come, came, made, get as far as, "
         "make it"},
    };
    static const struct {
        mkt_planner_side side;
        const char *phrases;
    } behind[] = {
        {MKT_PLANNER_REACHED, "reached, reach"},
        {MKT_PLANNER_AT,
         "abandoned, abandonment, abandonment rate, drop off, dropoff, drop out, drop off rate, "
         "loss, losses, exit, exit rate, conversion rate, completion rate, completion"},
    };
    size_t from;
    for (size_t i = 0; i < sizeof ahead / sizeof *ahead; i++)
        if (stands_before(w, c->from, way->at, ahead[i].between, ahead[i].phrases, &from)) {
            way->side = ahead[i].side;
            way->at = from;
            return true;
        }
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        size_t took = mkt_fold_match_any(&w->fold, way->end, c->to, behind[i].phrases);
        way->side = behind[i].side;
        way->end += took;
        if (took) return true;
    }
    return false;
}

/* What is abandoned is left without the purchase, wherever on the way to it. */
static void abandoned(const struct mkt_planner_work *w, struct mkt_planner_way *out)
{
    const char *last = event_called(w, kin[0].event);
    if (!last || strcmp(last, out->to) == 0) return;
    out->from = out->to;
    out->to = last;
    out->abandoned = true;
}

bool mkt_planner_work_way(const struct mkt_planner_work *w, const struct mkt_planner_clause *c,
                          struct mkt_planner_way *out)
{
    size_t end = c->from, start = 0;
    const char *before = NULL;
    *out = (struct mkt_planner_way){.lost = mkt_fold_says(&w->fold, c->from, c->to, lost_words),
                                    .rate = mkt_fold_says(&w->fold, c->from, c->to, rate_words),
                                    .count = mkt_fold_says(&w->fold, c->from, c->to, count_words)};
    for (size_t i = c->from; i < c->to;) {
        size_t took;
        const char *event = event_at(w, i, c->to, &took);
        if (!event) {
            i++;
            continue;
        }
        if (before && strcmp(before, event) != 0 && joined(w, c, start, end, i)) {
            out->from = before;
            out->to = event;
            return true;
        }
        if (!out->to) {
            out->at = i;
            out->end = i + took;
            if (find_side(w, c, out)) out->to = event;
        }
        before = event;
        start = i;
        end = i + took;
        i = end;
    }
    if (out->to && out->side == MKT_PLANNER_AT &&
        mkt_fold_says(&w->fold, c->from, c->to, abandon_words))
        abandoned(w, out);
    return out->to != NULL;
}
