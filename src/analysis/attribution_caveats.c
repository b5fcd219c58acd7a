/* What limits the answer. */
#include "analysis/attribution_work.h"

#include "base/buf.h"
#include "base/text.h"
#include "fact/format.h"

static mkt_status caveat(struct mkt_attribution_work *w, const char *id, const char *text,
                         mkt_caveat_weight weight, struct mkt_err *err)
{
    if (weight == MKT_CAVEAT_LIMIT) w->sheet->status = MKT_ANSWER_LIMITED;
    return mkt_sheet_say(w->sheet, id, weight, text, err);
}

/* What holdouts tell, and what they do not. */
static mkt_status holdout_caveats(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    size_t all = w->holdouts + w->leaky + w->few;
    if (w->holdouts)
        MKT_TRY(
            caveat(w, "from_holdouts",
                   mkt_arena_printf(arena,
                                    "what would not have come without the touches is told for "
                                    "%s of %s channels, from people from whom touches were "
                                    "withheld at random",
                                    MKT_COUNT(w->holdouts), MKT_COUNT(w->input.credits->channels)),
                   MKT_CAVEAT_NOTE, err));
    if (w->leaky)
        MKT_TRY(caveat(w, "leaky_holdout",
                       mkt_arena_printf(arena,
                                        "the holdout of %s of %s channels did not hold: people "
                                        "met what was withheld from them, or their share is not "
                                        "what it was meant to be; nothing is told from it",
                                        MKT_COUNT(w->leaky), MKT_COUNT(all)),
                       MKT_CAVEAT_WARN, err));
    if (w->few)
        MKT_TRY(caveat(w, "small_holdout",
                       mkt_arena_printf(arena,
                                        "the holdout of %s of %s channels has under %d people or "
                                        "%d conversions: too few to tell what the channel causes",
                                        MKT_COUNT(w->few), MKT_COUNT(all), MKT_HOLDOUT_LEAST,
                                        MKT_HOLDOUT_CONVERSIONS),
                       MKT_CAVEAT_NOTE, err));
    return MKT_OK;
}

/* The channel whose figure an unseen trait explains most easily, of those clear of nothing. */
static size_t most_easily_explained(const struct mkt_attribution_work *w)
{
    size_t worst = w->channels;
    for (size_t c = 0; c < w->channels; c++) {
        size_t k = w->channel[c].place;
        if (w->limits.state[k] != MKT_EXPOSURE_GIVEN || !(w->limits.explains_low[k] > 1)) continue;
        if (worst == w->channels ||
            w->limits.explains_low[k] < w->limits.explains_low[w->channel[worst].place])
            worst = c;
    }
    return worst;
}

#define NAMED 3

/* Channels of which what they cause is not told, in words. */
struct withheld {
    const char *who; /* "email", "email, search, video and 2 more" */
    bool one;
    size_t largest; /* of w->channel; w->channels where none of them has facts */
};

static mkt_status withheld(const struct mkt_attribution_work *w, mkt_exposure_state state,
                           struct withheld *out, struct mkt_err *err)
{
    struct mkt_buf text;
    size_t all = w->limits.states[state], told = 0;
    *out = (struct withheld){.one = all == 1, .largest = w->channels};
    mkt_buf_init(&text, w->sheet->arena);
    for (size_t c = 0; c < w->channels && told < NAMED; c++) {
        if (w->limits.state[w->channel[c].place] != state) continue;
        if (!told) out->largest = c;
        if (mkt_buf_listed(&text, told++, all, NAMED)) mkt_buf_str(&text, w->channel[c].name);
    }
    if (!told)
        mkt_buf_printf(&text, "%s channels", MKT_COUNT(all));
    else if (told < all)
        mkt_buf_listed(&text, told, all, told);
    out->who = text.data;
    return mkt_buf_check(&text, err);
}

/* Two readings of the journeys that exclude each other. */
static mkt_status apart_caveat(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    struct withheld x;
    const char *how = "";
    MKT_TRY(withheld(w, MKT_EXPOSURE_APART, &x, err));
    if (x.largest < w->channels) {
        size_t k = w->channel[x.largest].place;
        char touch[MKT_FORMAT_TEXT], end[MKT_FORMAT_TEXT];
        mkt_format_value(w->incremental.conversions[k], MKT_UNIT_COUNT, NULL, touch);
        mkt_format_value(w->incremental.at_end.conversions[k], MKT_UNIT_COUNT, NULL, end);
        how = mkt_arena_printf(arena, " (%s: %s and %s conversions)", w->channel[x.largest].name,
                               touch, end);
    }
    if (!how) return mkt_arena_full(arena, err);
    return caveat(w, "exposure_apart",
                  mkt_arena_printf(arena,
                                   "what would not have come without %s is not told: it is one "
                                   "number if people decide at each touch, another if they decide "
                                   "once, when the journey ends%s, and these journeys do not show "
                                   "which; touches withheld at random and logged as the event "
                                   "holdout would tell",
                                   x.who, how),
                  MKT_CAVEAT_WARN, err);
}

/* What is not told from exposure, and why. */
static mkt_status withheld_caveats(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const size_t *states = w->limits.states, K = w->input.paths->channel.count;
    struct withheld x;
    if (states[MKT_EXPOSURE_UNTOLD] && K > 1) {
        MKT_TRY(withheld(w, MKT_EXPOSURE_UNTOLD, &x, err));
        const char *it = x.one ? "it" : "them",
                   *comes = x.one ? "it hardly ever comes" : "they hardly ever come";
        MKT_TRY(caveat(w, "exposure_untold",
                       mkt_arena_printf(arena,
                                        "what would not have come without %s is not told: everyone "
                                        "met %s, %s beside another channel or twice, or too few "
                                        "people converted",
                                        x.who, it, comes),
                       MKT_CAVEAT_WARN, err));
    }
    if (states[MKT_EXPOSURE_APART]) MKT_TRY(apart_caveat(w, err));
    if (!states[MKT_EXPOSURE_BELOW]) return MKT_OK;
    MKT_TRY(withheld(w, MKT_EXPOSURE_BELOW, &x, err));
    return caveat(w, "exposure_below",
                  mkt_arena_printf(arena,
                                   "what would not have come without %s is not told: people who "
                                   "met %s convert somewhat less than those who did not, and that "
                                   "is more likely whom %s than what %s",
                                   x.who, x.one ? "it" : "them",
                                   x.one ? "it reaches" : "they reach",
                                   x.one ? "it does" : "they do"),
                  MKT_CAVEAT_WARN, err);
}

/* "email (1 of 4 channels)", or "any of 5 of the 9 channels" where they are many; NULL when the arena
 * is full. */
static const char *repelling(const struct mkt_attribution_work *w)
{
    struct mkt_buf text;
    size_t K = w->input.paths->channel.count, told = 0;
    mkt_buf_init(&text, w->sheet->arena);
    for (size_t c = 0; c < w->channels && w->repelling <= NAMED; c++)
        if (mkt_exposure_limits_repels(&w->limits, &w->incremental, w->channel[c].place)) {
            mkt_buf_between(&text, told++, w->repelling, " or ");
            mkt_buf_str(&text, w->channel[c].name);
        }
    if (told == w->repelling)
        mkt_buf_printf(&text, " (%s of %s channels)", MKT_COUNT(told), MKT_COUNT(K));
    else if (w->repelling == K)
        return mkt_arena_printf(w->sheet->arena, "any of the %s channels", MKT_COUNT(K));
    else
        return mkt_arena_printf(w->sheet->arena, "any of %s of the %s channels",
                                MKT_COUNT(w->repelling), MKT_COUNT(K));
    return text.failed ? NULL : text.data;
}

/* What is told from exposure, and how easily that would be something else. */
static mkt_status exposure_caveats(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    if (w->repelling) {
        const char *who = repelling(w);
        if (!who) return mkt_arena_full(arena, err);
        return caveat(w, "selection",
                      mkt_arena_printf(arena,
                                       "in these journeys people who met %s convert less than "
                                       "those who did not: that is whom channels reach, not what "
                                       "they do; what would have come without them takes a test: "
                                       "touches withheld at random and logged as the event holdout "
                                       "would tell",
                                       who),
                      MKT_CAVEAT_WARN, err);
    }
    if (!w->has_incremental) return MKT_OK;
    MKT_TRY(withheld_caveats(w, err));
    if (!w->limits.states[MKT_EXPOSURE_GIVEN]) return MKT_OK;
    size_t worst = most_easily_explained(w);
    if (worst == w->channels)
        return caveat(w, "from_exposure",
                      "people who met a channel are held against people who did not, after as many "
                      "touches, to tell what would not have come without it: no channel's figure "
                      "is clear of nothing",
                      MKT_CAVEAT_NOTE, err);
    return caveat(
        w, "from_exposure",
        mkt_arena_printf(arena,
                         "people who met a channel are held against people who did not, after as "
                         "many touches, to tell what would not have come without it. The figure is "
                         "that of people who decide at each touch; its interval also holds that of "
                         "people who decide once, when the journey ends. Both are right if nothing "
                         "unseen makes people both meet a channel and buy: a trait that makes both "
                         "%.2f times likelier would leave what %s brings within chance of nothing",
                         w->limits.explains_low[w->channel[worst].place], w->channel[worst].name),
        MKT_CAVEAT_NOTE, err);
}

mkt_status mkt_attribution_work_caveats(struct mkt_attribution_work *w, struct mkt_err *err)
{
    struct mkt_arena *arena = w->sheet->arena;
    const struct mkt_paths *p = w->input.paths;
    const struct mkt_journey_counts *n = w->input.counts;
    size_t K = p->channel.count;
    MKT_TRY(caveat(w, "observational",
                   "credit shares out conversions that happened; only a test shows what would have "
                   "happened without a channel",
                   MKT_CAVEAT_NOTE, err));
    if (p->total.conversions < MKT_ATTRIBUTION_FEW)
        MKT_TRY(caveat(
            w, "few_conversions",
            mkt_arena_printf(arena, "%s %s few: 100 and more tell channels apart",
                             MKT_COUNT(p->total.conversions),
                             p->total.conversions == 1 ? "conversion is" : "conversions are"),
            MKT_CAVEAT_WARN, err));
    if (K == 1)
        MKT_TRY(caveat(w, "one_channel",
                       "there is a single channel: every model gives it all the credit, and nobody "
                       "shows what comes without it",
                       MKT_CAVEAT_WARN, err));
    if (p->total.nulls == 0)
        MKT_TRY(caveat(w, "no_nulls",
                       "the journeys that did not convert are not there: what would have come "
                       "without a channel cannot be told; touches of everyone, or a column of "
                       "nulls by path, would show it",
                       MKT_CAVEAT_LIMIT, err));
    MKT_TRY(exposure_caveats(w, err));
    MKT_TRY(holdout_caveats(w, err));
    if (K > MKT_ATTRIBUTION_CHAIN)
        MKT_TRY(caveat(w, "too_many_channels",
                       mkt_arena_printf(arena,
                                        "there are %s channels: Markov removal is worked out "
                                        "for up to %d; group them to have it",
                                        MKT_COUNT(K), MKT_ATTRIBUTION_CHAIN),
                       MKT_CAVEAT_LIMIT, err));
    if (!n)
        return caveat(
            w, "paths_without_users",
            "paths do not tell users and times: each journey counts as a user of its own, "
            "conversions of one path as worth the same, and there is no time decay",
            MKT_CAVEAT_NOTE, err);
    if (w->input.strays)
        MKT_TRY(caveat(w, "stray_times",
                       mkt_arena_printf(arena,
                                        "%s of %s rows lie more than a year from all others: a "
                                        "clock was probably wrong; they count, but the period is "
                                        "told without them",
                                        MKT_COUNT(w->input.strays), MKT_COUNT(n->rows)),
                       MKT_CAVEAT_WARN, err));
    if (n->open)
        MKT_TRY(caveat(w, "open_journeys",
                       mkt_arena_printf(arena,
                                        "%s journey%s not converting had a touch so late "
                                        "that %s still may",
                                        MKT_COUNT(n->open),
                                        n->open == 1 ? " that counts as" : "s that count as",
                                        n->open == 1 ? "it" : "they"),
                       MKT_CAVEAT_NOTE, err));
    if (n->negative)
        MKT_TRY(caveat(w, "negative_values",
                       mkt_arena_printf(arena,
                                        "%s conversions are worth less than nothing; they "
                                        "take credit away in value",
                                        MKT_COUNT(n->negative)),
                       MKT_CAVEAT_WARN, err));
    if (n->tied)
        MKT_TRY(caveat(w, "ties",
                       mkt_arena_printf(
                           arena,
                           "%s of %s conversions had touches of different channels at the "
                           "same moment: the names of the channels put those in order, and first, "
                           "last and position touch and the chains depend on it; times of the day, "
                           "to the second, would settle it",
                           MKT_COUNT(n->tied), MKT_COUNT(n->conversions)),
                       n->tied * 20 > n->conversions ? MKT_CAVEAT_WARN : MKT_CAVEAT_NOTE, err));
    if (p->untouched.conversions)
        MKT_TRY(caveat(
            w, "untouched_conversions",
            mkt_arena_printf(arena,
                             "%s of %s conversions had no touch within the "
                             "look-back: no channel has credit for them",
                             MKT_COUNT(p->untouched.conversions), MKT_COUNT(n->conversions)),
            p->untouched.conversions * 5 > n->conversions ? MKT_CAVEAT_WARN : MKT_CAVEAT_NOTE,
            err));
    return MKT_OK;
}
