#include "narrate/direct.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "narrate/direct_work.h"
#include "narrate/phrase.h"

#define FINDINGS 3 /* of each kind */

/* ---- findings --------------------------------------------------------------------------- */

static bool named(const struct mkt_focus *f, const char *scope, const char *name)
{
    for (size_t i = 0; name && i < f->entities; i++)
        if (strcmp(f->entity[i].scope, scope) == 0 &&
            mkt_text_equal_nocase(f->entity[i].name, name))
            return true;
    return false;
}

/* Whether a finding is about what was asked: both sides of it where two names were given. */
static bool concerns(const struct mkt_direct_work *r, const struct mkt_finding *f)
{
    const struct mkt_focus *focus = r->focus;
    if (f->kind == MKT_FINDING_CHANGE && focus->against) {
        char end[32];
        size_t n = strlen(f->id);
        snprintf(end, sizeof end, "_vs_%s", focus->against);
        if (n < strlen(end) || strcmp(f->id + n - strlen(end), end) != 0) return false;
    }
    if (focus->entities == 0 && focus->scope && f->kind != MKT_FINDING_PACE)
        return strcmp(f->scope, focus->scope) == 0;
    if (focus->entities == 0) return f->kind != MKT_FINDING_CHANGE || !f->subject;
    if (focus->scope && f->kind == MKT_FINDING_COMPARE &&
        (strcmp(focus->entity[0].scope, focus->scope) == 0 ||
         (mkt_direct_work_by_segment(focus) && strcmp(focus->entity[0].scope, "variant") == 0)))
        return strcmp(f->scope, focus->scope) == 0;
    bool a = named(focus, f->scope, f->subject), b = named(focus, f->scope, f->other);
    return f->kind == MKT_FINDING_COMPARE && focus->entities > 1 && f->other ? a && b : a || b;
}

/* What compares the names with each other; where nothing does, what holds one against the rest. */
static bool is_beside(const struct mkt_direct_work *r, const struct mkt_finding *f)
{
    const struct mkt_sheet *s = &r->answer->sheet;
    if (f->kind != MKT_FINDING_COMPARE || r->focus->entities < 2 || f->other) return false;
    for (size_t i = 0; i < s->findings; i++)
        if (s->finding[i].kind == f->kind && s->finding[i].other && concerns(r, &s->finding[i]))
            return true;
    return false;
}

/* In an order of figures only what compares by the same. */
static bool is_beside_order(const struct mkt_direct_work *r, const struct mkt_finding *f)
{
    const struct mkt_focus *focus = r->focus;
    if (f->kind != MKT_FINDING_COMPARE || !focus->order || focus->entities) return false;
    for (size_t i = 0; i < f->facts; i++) {
        const struct mkt_fact *fact = mkt_sheet_fact(&r->answer->sheet, f->fact[i]);
        for (size_t m = 0; fact && m < focus->metrics; m++)
            if (strcmp(fact->metric, focus->metric[m]) == 0) return false;
    }
    return f->facts > 0;
}

static void tell_action(struct mkt_direct_work *r, const struct mkt_finding *f)
{
    struct mkt_buf *out = &r->t.out;
    char p[48];
    mkt_teller_space(&r->t);
    mkt_buf_capital(out, f->claim);
    snprintf(p, sizeof p, " (%s).", mkt_phrase_likely(f->probability));
    mkt_buf_str(out, p);
}

static size_t tell_kind(struct mkt_direct_work *r, mkt_finding_kind kind)
{
    const struct mkt_sheet *s = &r->answer->sheet;
    size_t told = 0;
    for (size_t i = 0; i < s->findings && told < FINDINGS; i++) {
        const struct mkt_finding *f = &s->finding[i];
        if (f->kind != kind || !concerns(r, f) || is_beside(r, f) || is_beside_order(r, f))
            continue;
        if (kind == MKT_FINDING_ACTION)
            tell_action(r, f);
        else
            mkt_teller_finding(&r->t, f);
        mkt_direct_work_cite(r, f->id);
        for (size_t k = 0; k < f->facts && kind != MKT_FINDING_ACTION; k++)
            mkt_direct_work_cite(r, f->fact[k]);
        told++;
    }
    return told;
}

/* What comes next is told by its figures, whether or not any of them stands out. */
static bool is_told(const struct mkt_direct_work *r)
{
    return r->cites && r->focus->metrics && strcmp(r->focus->metric[0], "stop_next*") == 0;
}

static void tell_findings(struct mkt_direct_work *r)
{
    static const char *const none[] = {
        [MKT_FINDING_COMPARE] = "No finding of the analysis compares them",
        [MKT_FINDING_CHANGE] = "No finding of the analysis is about such a change",
        [MKT_FINDING_IMBALANCE] = "No finding of the analysis tells the models apart on this",
        [MKT_FINDING_SATURATED] = NULL,
        [MKT_FINDING_BREAK_EVEN] = NULL,
        [MKT_FINDING_PACE] =
            ("Whether the spend keeps to a budget is not told: that takes a budget "
             "and a period that still runs"),
        [MKT_FINDING_ACTION] = "No advice on this is sure enough to give"};
    for (int k = 0; k <= MKT_FINDING_ACTION; k++) {
        if (!(r->focus->kinds >> k & 1U)) continue;
        if (tell_kind(r, (mkt_finding_kind)k) == 0 && none[k] && !is_told(r))
            mkt_teller_sentence(&r->t, none[k]);
    }
    /* "is it worth it": what it earns or loses, where that was found out */
    if (!(r->focus->kinds >> MKT_FINDING_BREAK_EVEN & 1U) && r->focus->entities)
        for (size_t m = 0; m < r->focus->metrics; m++)
            if (strcmp(r->focus->metric[m], "roi") == 0) tell_kind(r, MKT_FINDING_BREAK_EVEN);
}

static bool is_price(const char *metric)
{
    return mkt_text_has_suffix(metric, "_cpa") || mkt_text_has_suffix(metric, "_roas");
}

/* ---- the whole ----------------------------------------------------------------------------- */

static bool asks_for_more(const struct mkt_focus *f)
{
    return f->metrics || f->entities || f->kinds;
}

mkt_status mkt_direct_write(const struct mkt_answer *answer, const struct mkt_focus *focus,
                            struct mkt_direct *out, struct mkt_err *err)
{
    const struct mkt_sheet *s = &answer->sheet;
    struct mkt_direct_work r = {.answer = answer, .focus = focus};
    mkt_teller_begin(&r.t, s, mkt_phrase_level(s));
    if (s->status == MKT_ANSWER_INSUFFICIENT) {
        mkt_teller_sentence(&r.t, s->verdict ? s->verdict : "The data cannot answer this");
        for (size_t i = 0; i < s->missings && i < 3; i++)
            if (!s->verdict || strcmp(s->verdict, s->missing[i]) != 0)
                mkt_teller_sentence(&r.t, s->missing[i]);
    } else if (focus->table) {
        mkt_direct_work_row(&r);
    } else if (asks_for_more(focus)) {
        bool verdict = focus->verdict && s->verdict, alone = !focus->metrics && !focus->kinds;
        if (verdict && !alone) mkt_teller_sentence(&r.t, s->verdict); /* alone: below, with why */
        bool models = focus->kinds >> MKT_FINDING_IMBALANCE & 1U && !focus->entities;
        if ((!verdict || focus->metrics) && !models) mkt_direct_work_figures(&r, verdict);
        if (!verdict || !alone) tell_findings(&r);
    }
    bool none = r.t.out.length == 0,
         lacks = focus->metrics && focus->metrics <= 2; /* not a group */
    if (none && lacks) mkt_teller_sentence(&r.t, "The analysis has no such figure");
    for (size_t i = 0; none && lacks && is_price(focus->metric[0]) && i < s->caveats; i++)
        if (strstr(s->caveat[i].text, "ROAS")) {
            mkt_teller_sentence(&r.t, s->caveat[i].text); /* why there is none */
            break;
        }
    if (none && answer->words.verdict) {
        if (lacks) mkt_teller_space(&r.t);
        mkt_teller_text(&r.t, answer->words.verdict);
    } else if (mkt_teller_gave_intervals(&r.t) && r.t.level > 0) {
        mkt_buf_printf(&r.t.out, " Figures in brackets are %g %% intervals.", 100 * r.t.level);
    }
    if (r.cites == 0 && s->headline) mkt_direct_work_cite(&r, s->headline);
    MKT_TRY(mkt_teller_finish(&r.t, "The answer is below.", &out->text, err));
    if (focus->opening) out->text = mkt_arena_printf(s->arena, "%s: %s", focus->opening, out->text);
    if (!out->text) return mkt_arena_full(s->arena, err);
    out->cite = MKT_NEW(s->arena, const char *, r.cites ? r.cites : 1);
    if (!out->cite) return mkt_arena_full(s->arena, err);
    memcpy(out->cite, r.cite, r.cites * sizeof *out->cite);
    out->cites = r.cites;
    return MKT_OK;
}
