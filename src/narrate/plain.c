#include "narrate/plain.h"

#include <math.h>
#include <string.h>

#include "fact/format.h"
#include "narrate/phrase.h"
#include "narrate/standing.h"
#include "narrate/teller.h"

#define RECOMMENDATIONS 5

#define KIND(k) (1U << (k))
#define ALL_KINDS (~KIND(MKT_FINDING_ACTION))

/* ---- the whole -------------------------------------------------------- */

static bool has_figures(const struct mkt_sheet *sheet, mkt_side side)
{
    for (size_t i = 0; i < sheet->facts; i++)
        if (mkt_side_of(sheet->fact[i].scope) == side) return true;
    return false;
}

/* Up to four figures of the whole, for analyses that know nothing of spend. */
static void tell_totals(struct mkt_teller *t)
{
    const struct mkt_fact *some[4];
    size_t n = 0;
    for (size_t i = 0; i < t->sheet->facts && n < 4; i++)
        if (mkt_side_of(t->sheet->fact[i].scope) == MKT_SIDE_WHOLE) some[n++] = &t->sheet->fact[i];
    mkt_teller_figures(t, some, n, true);
}

/* "It was credited with 12,340 conversions, 2,310 new customers and €3,980,000 of revenue." */
static void tell_credit(struct mkt_teller *t)
{
    static const struct {
        const char *metric, *noun;
    } credit[] = {{"conversions", "conversions"},
                  {"new_customers", "new customers"},
                  {"revenue", "of revenue"}};
    const struct mkt_fact *have[3];
    const char *noun[3];
    size_t n = 0;
    for (size_t i = 0; i < 3; i++) {
        have[n] = mkt_teller_recorded(t, credit[i].metric);
        noun[n] = credit[i].noun;
        if (have[n]) n++;
    }
    if (n == 0) return;
    mkt_teller_text(t, " It was credited with ");
    for (size_t i = 0; i < n; i++) {
        mkt_buf_between(&t->out, i, n, " and ");
        mkt_teller_figure(t, have[i]);
        mkt_buf_printf(&t->out, " %s", noun[i]);
    }
    mkt_buf_char(&t->out, '.');
}

/* "That is a ROAS of 3.21 (2.87 to 3.56) and a cost of €54 (€49 to €60) a conversion." */
static void tell_rates(struct mkt_teller *t)
{
    static const struct {
        const char *metric, *before, *after;
    } rate[] = {{"roas", "a ROAS of ", ""},
                {"cpa", "a cost of ", " a conversion"},
                {"cac", "a cost of ", " a new customer"}};
    size_t n = 0, place[3];
    for (size_t i = 0; i < 3; i++)
        if (mkt_teller_recorded(t, rate[i].metric)) place[n++] = i;
    if (n == 0) return;
    mkt_teller_text(t, " That is ");
    for (size_t i = 0; i < n; i++) {
        mkt_buf_between(&t->out, i, n, " and ");
        mkt_teller_text(t, rate[place[i]].before);
        mkt_teller_figure(t, mkt_teller_total(t, rate[place[i]].metric));
        mkt_teller_text(t, rate[place[i]].after);
    }
    mkt_buf_char(&t->out, '.');
}

static mkt_status write_summary(struct mkt_teller *t, const char **out, struct mkt_err *err)
{
    const struct mkt_sheet *s = t->sheet;
    const struct mkt_fact *spend = mkt_teller_total(t, "spend");
    if (s->status == MKT_ANSWER_INSUFFICIENT) mkt_teller_missing(t, s->missings);
    if (spend) {
        mkt_teller_space(t);
        mkt_teller_text(t, "Spend was ");
        mkt_teller_figure(t, spend);
        mkt_teller_when(t);
        mkt_buf_char(&t->out, '.');
        tell_credit(t);
        tell_rates(t);
    } else {
        tell_totals(t);
    }
    mkt_teller_findings(t, MKT_SIDE_WHOLE, KIND(MKT_FINDING_CHANGE), 2, true);
    mkt_teller_findings(t, MKT_SIDE_WHOLE, KIND(MKT_FINDING_PACE), 1, true);
    if (!spend)
        mkt_teller_findings(t, MKT_SIDE_WHOLE,
                            KIND(MKT_FINDING_COMPARE) | KIND(MKT_FINDING_IMBALANCE), 2, true);
    mkt_standing_close(t, MKT_PART_SUMMARY);
    return mkt_teller_finish(t, "The data give no figure for the whole.", out, err);
}

/* ---- channels and audience -------------------------------------------- */

/* What is said of a part without facts: that the data lack it, or that there is no answer yet. */
static const char *unanswered(const struct mkt_teller *t, const char *lacking, const char *yet)
{
    return t->sheet->status == MKT_ANSWER_INSUFFICIENT ? yet : lacking;
}

static mkt_status write_channels(struct mkt_teller *t, const char **out, struct mkt_err *err)
{
    bool several = mkt_standing_several(t->sheet, "channel");
    mkt_standing_open(t, MKT_PART_CHANNELS);
    mkt_teller_shares(t, several ? "channel" : "campaign");
    size_t told = mkt_teller_findings(t, MKT_SIDE_CHANNELS, KIND(MKT_FINDING_COMPARE), 2, false);
    told += mkt_teller_findings(t, MKT_SIDE_CHANNELS, KIND(MKT_FINDING_IMBALANCE), 1, false);
    told += mkt_teller_findings(t, MKT_SIDE_CHANNELS,
                                KIND(MKT_FINDING_CHANGE) | KIND(MKT_FINDING_PACE), 1, false);
    if (told == 0) told = mkt_teller_findings(t, MKT_SIDE_CHANNELS, ALL_KINDS, 1, true);
    if (told == 0 && (several || has_figures(t->sheet, MKT_SIDE_CHANNELS)))
        mkt_teller_sentence(t, "No difference is clear enough to state");
    return mkt_teller_finish(t,
                             unanswered(t, "The data name no channels or campaigns to compare.",
                                        "Nothing can be said about channels yet."),
                             out, err);
}

static mkt_status write_audience(struct mkt_teller *t, const char **out, struct mkt_err *err)
{
    bool several = mkt_standing_several(t->sheet, "segment");
    mkt_standing_open(t, MKT_PART_AUDIENCE);
    mkt_teller_shares(t, "segment");
    size_t told = mkt_teller_findings(t, MKT_SIDE_AUDIENCE, ALL_KINDS, 3, true);
    if (told == 0 && several)
        mkt_teller_sentence(t, "No difference between the segments is clear enough to state");
    return mkt_teller_finish(t,
                             unanswered(t,
                                        "The data name no segments, so nothing can be said about "
                                        "audiences. A column that names the segment of each row "
                                        "would settle it.",
                                        "Nothing can be said about audiences yet."),
                             out, err);
}

/* ---- return ------------------------------------------------------------ */

static void tell_returns(struct mkt_teller *t)
{
    const struct mkt_fact *some[3];
    size_t n = 0;
    if (mkt_teller_total(t, "revenue") && !mkt_teller_recorded(t, "revenue")) return;
    for (size_t i = 0; i < t->sheet->facts && n < 3; i++) {
        const struct mkt_fact *f = &t->sheet->fact[i];
        if (mkt_side_of(f->scope) == MKT_SIDE_WHOLE && f->unit == MKT_UNIT_RATIO) some[n++] = f;
    }
    mkt_teller_figures(t, some, n, false);
}

static mkt_status write_return(struct mkt_teller *t, const char **out, struct mkt_err *err)
{
    tell_returns(t);
    if (t->out.length == 0) {
        bool parts = mkt_standing_return_of_parts(t->sheet);
        mkt_teller_sentence(t, parts ? "Return stands by channel in the tables"
                               : mkt_standing_unspent(t->sheet)
                                   ? "Return cannot be worked out from these data: no spend is set "
                                     "against what they tell"
                                   : "Return cannot be worked out from these data");
        if (!parts) mkt_teller_missing(t, 2);
    }
    mkt_teller_findings(t, MKT_SIDE_WHOLE, KIND(MKT_FINDING_BREAK_EVEN), 1, true);
    mkt_teller_findings(t, MKT_SIDE_CHANNELS, KIND(MKT_FINDING_BREAK_EVEN), 2, false);
    mkt_teller_findings(t, MKT_SIDE_CHANNELS, KIND(MKT_FINDING_SATURATED), 2, false);
    mkt_standing_close(t, MKT_PART_RETURN);
    return mkt_teller_finish(t, "", out, err);
}

/* ---- advice and verdict ------------------------------------------------ */

static mkt_status push(struct mkt_words *out, struct mkt_teller *t, size_t *cap,
                       struct mkt_err *err)
{
    const char **slot = mkt_arena_push(t->sheet->arena, &out->optimization_recommendations,
                                       &out->recommendations, cap, sizeof *slot);
    if (!slot) return mkt_arena_full(t->sheet->arena, err);
    return mkt_teller_finish(t, "", slot, err);
}

/* Whether what the confidence speaks of is what the advice is, or rests on. */
static bool is_of_headline(const struct mkt_sheet *sheet, const struct mkt_finding *action)
{
    const char *head = sheet->headline;
    if (!head) return false;
    return strcmp(action->id, head) == 0 ||
           (action->becauses && strcmp(action->because[0], head) == 0);
}

/* The advice that the confidence is about, else the heaviest. */
static const struct mkt_finding *best_action(const struct mkt_sheet *sheet)
{
    const struct mkt_finding *first = NULL;
    for (size_t i = 0; i < sheet->findings; i++) {
        const struct mkt_finding *f = &sheet->finding[i];
        bool is_head = sheet->headline && strcmp(f->id, sheet->headline) == 0;
        if (f->kind != MKT_FINDING_ACTION || !(f->probability >= MKT_TELLER_WORTH_DOING || is_head))
            continue;
        if (is_of_headline(sheet, f)) return f;
        if (!first) first = f;
    }
    return first;
}

static mkt_status recommend(struct mkt_teller *t, const struct mkt_finding *f,
                            struct mkt_words *out, size_t *cap, struct mkt_err *err)
{
    if (f->kind != MKT_FINDING_ACTION || !(f->probability >= MKT_TELLER_SURE)) return MKT_OK;
    mkt_teller_begin(t, t->sheet, t->level);
    mkt_teller_advice(t, f, true, true);
    mkt_buf_char(&t->out, '.');
    return push(out, t, cap, err);
}

static mkt_status write_advice(struct mkt_teller *t, struct mkt_words *out, struct mkt_err *err)
{
    const struct mkt_sheet *s = t->sheet;
    const struct mkt_finding *best = best_action(s);
    size_t cap = 0;
    if (best) MKT_TRY(recommend(t, best, out, &cap, err));
    for (size_t i = 0; i < s->findings && out->recommendations < RECOMMENDATIONS; i++)
        if (&s->finding[i] != best) MKT_TRY(recommend(t, &s->finding[i], out, &cap, err));
    for (size_t i = 0; i < s->missings && i < 2; i++) {
        mkt_teller_begin(t, s, t->level);
        mkt_teller_sentence(t, s->missing[i]);
        MKT_TRY(push(out, t, &cap, err));
    }
    if (out->recommendations) return MKT_OK;
    mkt_teller_begin(t, s, t->level);
    mkt_teller_sentence(t, "No change stands out as sure enough to recommend");
    return push(out, t, &cap, err);
}

/* "Marketing cost €1,240,000 in 2025 and was credited with €3,980,000 of revenue, a ROAS of ..." */
static void tell_worth(struct mkt_teller *t)
{
    const struct mkt_fact *spend = mkt_teller_total(t, "spend"),
                          *revenue = mkt_teller_recorded(t, "revenue");
    const struct mkt_fact *roas = mkt_teller_total(t, "roas"),
                          *conversions = mkt_teller_recorded(t, "conversions");
    const struct mkt_fact *cpa = mkt_teller_total(t, "cpa");
    if (!spend) {
        tell_totals(t);
        return;
    }
    mkt_teller_text(t, t->sheet->subject ? t->sheet->subject : "Marketing");
    mkt_teller_text(t, " cost ");
    mkt_teller_figure(t, spend);
    mkt_teller_when(t);
    if (revenue || conversions) {
        mkt_teller_text(t, " and was credited with ");
        mkt_teller_figure(t, revenue ? revenue : conversions);
        mkt_teller_text(t, revenue ? " of revenue" : " conversions");
    }
    if (revenue && roas) {
        mkt_teller_text(t, ", a ROAS of ");
        mkt_teller_figure(t, roas);
    } else if (!revenue && conversions && cpa) {
        mkt_teller_text(t, ", at ");
        mkt_teller_figure(t, cpa);
        mkt_teller_text(t, " each");
    }
    mkt_buf_char(&t->out, '.');
}

/* After the verdict's own sentence: what it rests on. */
static void tell_ground(struct mkt_teller *t, const struct mkt_finding *head)
{
    if (head && head->kind == MKT_FINDING_ACTION)
        head = head->becauses ? mkt_sheet_finding(t->sheet, head->because[0]) : NULL;
    if (head) mkt_teller_finding(t, head);
}

static mkt_status write_verdict(struct mkt_teller *t, const char **out, struct mkt_err *err)
{
    const struct mkt_sheet *s = t->sheet;
    if (s->verdict) {
        mkt_teller_sentence(t, s->verdict);
        if (s->status != MKT_ANSWER_INSUFFICIENT) tell_ground(t, mkt_sheet_finding(s, s->headline));
        return mkt_teller_finish(t, "", out, err);
    }
    if (s->status == MKT_ANSWER_INSUFFICIENT) {
        mkt_teller_sentence(t, "These data cannot answer the question yet");
        mkt_teller_missing(t, 1);
        return mkt_teller_finish(t, "", out, err);
    }
    const struct mkt_finding *head = mkt_sheet_finding(s, s->headline);
    const struct mkt_finding *action = best_action(s);
    tell_worth(t);
    if (action) {
        mkt_teller_space(t);
        mkt_teller_advice(t, action, true, !is_of_headline(s, action)); /* else that is said */
        mkt_buf_char(&t->out, '.');
    } else if (head) {
        mkt_teller_finding(t, head);
    }
    if (s->status == MKT_ANSWER_LIMITED) mkt_teller_caveats(t, MKT_CAVEAT_LIMIT, 1);
    return mkt_teller_finish(t, "The data hold nothing to report.", out, err);
}

mkt_status mkt_plain_write(const struct mkt_sheet *sheet, struct mkt_words *out,
                           struct mkt_err *err)
{
    typedef mkt_status writer(struct mkt_teller *, const char **, struct mkt_err *);
    struct mkt_teller t = {.level = mkt_phrase_level(sheet)};
    *out = (struct mkt_words){.confidence_score = sheet->confidence, .written_by = "plain"};
    const struct {
        writer *write;
        const char **out;
    } part[] = {{write_verdict, &out->verdict},
                {write_summary, &out->performance_summary},
                {write_channels, &out->channel_analysis},
                {write_audience, &out->audience_insights},
                {write_return, &out->roi_analysis}};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        mkt_teller_begin(&t, sheet, t.level);
        MKT_TRY(part[i].write(&t, part[i].out, err));
    }
    return write_advice(&t, out, err);
}
