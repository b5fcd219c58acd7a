#include "narrate/direct.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "narrate/phrase.h"
#include "narrate/teller.h"

#define FIGURES 8  /* told of one focus, at most */
#define FINDINGS 3 /* of each kind */
#define CITES 48

struct reply {
    const struct mkt_answer *answer;
    const struct mkt_focus *focus;
    struct mkt_teller t;
    const char *cite[CITES];
    size_t cites;
};

static void cite(struct reply *r, const char *id)
{
    for (size_t i = 0; i < r->cites; i++)
        if (strcmp(r->cite[i], id) == 0) return;
    if (r->cites < CITES) r->cite[r->cites++] = id;
}

/* ---- figures -------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);
    return n >= k && strcmp(text + n - k, end) == 0;
}

/* Whether a fact is of the metric asked for, as fact/focus.h has it. */
static bool is_of(const struct mkt_fact *f, const char *metric)
{
    size_t n = strlen(f->metric), k = strlen(metric);
    if (k > 1 && metric[k - 1] == '*') return strncmp(f->metric, metric, k - 1) == 0;
    if (*metric != '*') return strcmp(f->metric, metric) == 0;
    if (metric[1]) return ends_with(f->metric, metric + 1);
    return strncmp(f->id, f->metric, n) == 0 && f->id[n] == '.';
}

static const struct mkt_fact *fact_of(const struct mkt_sheet *s, const char *scope,
                                      const char *entity, const char *metric)
{
    for (size_t i = 0; i < s->facts; i++) {
        const struct mkt_fact *f = &s->fact[i];
        if (!is_of(f, metric)) continue;
        if (!entity ? strcmp(f->scope, "total") == 0 && !f->entity
                    : f->entity && strcmp(f->scope, scope) == 0 &&
                          mkt_text_equal_nocase(f->entity, entity))
            return f;
    }
    return NULL;
}

struct figures {
    const struct mkt_fact *fact[FIGURES];
    size_t n;
    size_t left; /* that did not fit */
};

static void add(struct figures *g, const struct mkt_fact *fact)
{
    if (!fact) return;
    if (g->n < FIGURES)
        g->fact[g->n++] = fact;
    else
        g->left++;
}

/* The metric, and its change where one was asked for. */
static void add_metric(const struct reply *r, struct figures *g, const char *scope,
                       const char *entity, const char *metric)
{
    char name[96];
    const struct mkt_sheet *s = &r->answer->sheet;
    const struct mkt_fact *first = fact_of(s, scope, entity, metric);
    add(g, first);
    for (size_t i = first ? (size_t)(first - s->fact) + 1 : s->facts; i < s->facts; i++)
        if (ends_with(metric, "*") && is_of(&s->fact[i], metric) && s->fact[i].entity && entity &&
            mkt_text_equal_nocase(s->fact[i].entity, entity))
            add(g, &s->fact[i]);
    if (!r->focus->against) return;
    snprintf(name, sizeof name, "%s_vs_%s", metric, r->focus->against);
    add(g, fact_of(s, scope, entity, name));
}

/* Where an entity has none of the metrics asked for: its first figures. */
static void add_first(const struct reply *r, struct figures *g, const char *scope,
                      const char *entity)
{
    const struct mkt_sheet *s = &r->answer->sheet;
    for (size_t i = 0, n = 0; i < s->facts && n < 3; i++) {
        const struct mkt_fact *f = &s->fact[i];
        if (strcmp(f->scope, scope) != 0 || !f->entity || !mkt_text_equal_nocase(f->entity, entity))
            continue;
        add(g, f);
        n++;
    }
}

/* "*_p" of no variant in particular: that of each, for the metric that comes first. */
static void add_measured(const struct reply *r, struct figures *g, const char *metric)
{
    const struct mkt_sheet *s = &r->answer->sheet;
    const char *first = NULL;
    for (size_t i = 0; *metric == '*' && i < s->facts; i++) {
        const struct mkt_fact *f = &s->fact[i];
        if (strcmp(f->scope, "variant") != 0 || !is_of(f, metric)) continue;
        if (!first) first = f->metric;
        if (strcmp(first, f->metric) == 0) add(g, f);
    }
}

static void add_scope(const struct reply *r, struct figures *g)
{
    const struct mkt_sheet *s = &r->answer->sheet;
    for (size_t m = 0; m < r->focus->metrics && m < 2; m++)
        for (size_t i = 0; i < s->facts; i++)
            if (strcmp(s->fact[i].scope, r->focus->scope) == 0 &&
                is_of(&s->fact[i], r->focus->metric[m]))
                add(g, &s->fact[i]);
}

static bool is_price(const char *metric)
{
    return ends_with(metric, "_cpa") || ends_with(metric, "_roas");
}

/* Whether a list such as "email, search, video and 2 more is not told" names it, from `list` on. */
static bool lists(const char *list, const char *name)
{
    static const char *const before[] = {"without ", ", ", " and "};
    static const char *const after[] = {" is not told", ", ", " and "};
    const char *end = strstr(list, after[0]);
    for (const char *at = list; end && (at = strstr(at, name)) && at < end; at++) {
        bool begins = false, ends = false;
        for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
            size_t n = strlen(before[i]);
            begins = begins || ((size_t)(at - list) >= n && memcmp(at - n, before[i], n) == 0);
            ends = ends || mkt_text_has_prefix(at + strlen(name), after[i]);
        }
        if (begins && ends) return true;
    }
    return false;
}

/* The caveat that says why this very channel has no figure, or NULL. */
static const char *why_untold(const struct mkt_sheet *s, const char *channel)
{
    for (size_t i = 0; i < s->caveats; i++)
        if (mkt_text_has_prefix(s->caveat[i].id, "exposure_") && lists(s->caveat[i].text, channel))
            return s->caveat[i].text;
    return NULL;
}

/* What channels cause is not told by every data set: why, and what would tell it. */
static void tell_no_cause(struct reply *r)
{
    static const char *const why[] = {"selection", "exposure_untold", "observational"};
    const struct mkt_sheet *s = &r->answer->sheet;
    struct mkt_buf *out = &r->t.out;
    const char *own = r->focus->entities ? why_untold(s, r->focus->entity[0].name) : NULL;
    mkt_teller_space(&r->t);
    if (own) {
        mkt_buf_char(out, (char)toupper((unsigned char)*own));
        mkt_buf_str(out, own + 1);
        mkt_buf_char(out, '.');
        return;
    }
    mkt_buf_str(out, "What would not have come without ");
    if (r->focus->entities)
        mkt_phrase_name(out, r->focus->entity[0].name);
    else
        mkt_buf_str(out, "a channel");
    mkt_buf_str(out, " is not told by these data");
    for (size_t k = 0; k < sizeof why / sizeof *why; k++)
        for (size_t i = 0; i < s->caveats; i++) {
            if (strcmp(s->caveat[i].id, why[k]) != 0) continue;
            mkt_buf_str(out, ": ");
            mkt_buf_str(out, s->caveat[i].text);
            mkt_buf_str(out, ".");
            return;
        }
    mkt_buf_str(out, ".");
}

static bool asks_cause(const struct mkt_focus *f)
{
    for (size_t m = 0; m < f->metrics; m++)
        if (!mkt_text_has_prefix(f->metric[m], "incremental_")) return false;
    return f->metrics > 0;
}

static void tell_figures(struct reply *r, bool after_verdict)
{
    struct figures g = {0};
    char text[64];
    const struct mkt_focus *f = r->focus;
    for (size_t e = 0; e < f->entities; e++) {
        size_t before = g.n + g.left;
        for (size_t m = 0; m < f->metrics; m++)
            add_metric(r, &g, f->entity[e].scope, f->entity[e].name, f->metric[m]);
        if (g.n + g.left == before && !after_verdict && !f->metrics && !f->kinds)
            add_first(r, &g, f->entity[e].scope, f->entity[e].name);
    }
    if (f->entities == 0 && f->scope) add_scope(r, &g);
    if (g.n == 0)
        for (size_t m = 0; m < f->metrics; m++) {
            if (*f->metric[m] == '*')
                add_measured(r, &g, f->metric[m]);
            else if (!f->entities)
                add_metric(r, &g, "total", NULL, f->metric[m]);
        }
    if (g.n == 0 && asks_cause(f)) {
        tell_no_cause(r);
        return;
    }
    for (size_t i = 0; i < g.n; i++) cite(r, g.fact[i]->id);
    if (g.n && r->answer->sheet.subject) {
        mkt_phrase_name(&r->t.out, r->answer->sheet.subject);
        mkt_teller_text(&r->t, ":");
    }
    mkt_teller_figures(&r->t, g.fact, g.n, true);
    if (g.n && strcmp(f->metric[0], "incremental_roas") == 0 &&
        !ends_with(g.fact[0]->metric, "_roas"))
        mkt_teller_sentence(&r->t, "No spend is set against these conversions, so what they return "
                                   "per unit of money is not known");
    if (g.left) {
        snprintf(text, sizeof text, "%s more %s in the tables", MKT_COUNT(g.left),
                 g.left == 1 ? "stands" : "stand");
        mkt_teller_sentence(&r->t, text);
    }
}

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
static bool concerns(const struct reply *r, const struct mkt_finding *f)
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
    bool a = named(focus, f->scope, f->subject), b = named(focus, f->scope, f->other);
    return f->kind == MKT_FINDING_COMPARE && focus->entities > 1 && f->other ? a && b : a || b;
}

/* What compares the names with each other; where nothing does, what holds one against the rest. */
static bool is_beside(const struct reply *r, const struct mkt_finding *f)
{
    const struct mkt_sheet *s = &r->answer->sheet;
    if (f->kind != MKT_FINDING_COMPARE || r->focus->entities < 2 || f->other) return false;
    for (size_t i = 0; i < s->findings; i++)
        if (s->finding[i].kind == f->kind && s->finding[i].other && concerns(r, &s->finding[i]))
            return true;
    return false;
}

static void tell_action(struct reply *r, const struct mkt_finding *f)
{
    struct mkt_buf *out = &r->t.out;
    char p[48];
    mkt_teller_space(&r->t);
    mkt_buf_capital(out, f->claim);
    snprintf(p, sizeof p, " (%s).", mkt_phrase_likely(f->probability));
    mkt_buf_str(out, p);
}

static size_t tell_kind(struct reply *r, mkt_finding_kind kind)
{
    const struct mkt_sheet *s = &r->answer->sheet;
    size_t told = 0;
    for (size_t i = 0; i < s->findings && told < FINDINGS; i++) {
        const struct mkt_finding *f = &s->finding[i];
        if (f->kind != kind || !concerns(r, f) || is_beside(r, f)) continue;
        if (kind == MKT_FINDING_ACTION)
            tell_action(r, f);
        else
            mkt_teller_finding(&r->t, f);
        cite(r, f->id);
        for (size_t k = 0; k < f->facts && kind != MKT_FINDING_ACTION; k++) cite(r, f->fact[k]);
        told++;
    }
    return told;
}

static void tell_findings(struct reply *r)
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
        if (tell_kind(r, (mkt_finding_kind)k) == 0 && none[k]) mkt_teller_sentence(&r->t, none[k]);
    }
    /* "is it worth it": what it earns or loses, where that was found out */
    if (!(r->focus->kinds >> MKT_FINDING_BREAK_EVEN & 1U) && r->focus->entities)
        for (size_t m = 0; m < r->focus->metrics; m++)
            if (strcmp(r->focus->metric[m], "roi") == 0) tell_kind(r, MKT_FINDING_BREAK_EVEN);
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
    struct reply r = {.answer = answer, .focus = focus};
    mkt_teller_begin(&r.t, s, mkt_phrase_level(s));
    if (s->status == MKT_ANSWER_INSUFFICIENT) {
        mkt_teller_sentence(&r.t, s->verdict ? s->verdict : "The data cannot answer this");
        for (size_t i = 0; i < s->missings && i < 3; i++)
            if (!s->verdict || strcmp(s->verdict, s->missing[i]) != 0)
                mkt_teller_sentence(&r.t, s->missing[i]);
    } else if (asks_for_more(focus)) {
        bool verdict = focus->verdict && s->verdict, alone = !focus->metrics && !focus->kinds;
        if (verdict && !alone) mkt_teller_sentence(&r.t, s->verdict); /* alone: below, with why */
        bool models = focus->kinds >> MKT_FINDING_IMBALANCE & 1U && !focus->entities;
        if ((!verdict || focus->metrics) && !models) tell_figures(&r, verdict);
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
    if (r.cites == 0 && s->headline) cite(&r, s->headline);
    MKT_TRY(mkt_teller_finish(&r.t, "The answer is below.", &out->text, err));
    out->cite = MKT_NEW(s->arena, const char *, r.cites ? r.cites : 1);
    if (!out->cite) return mkt_arena_full(s->arena, err);
    memcpy(out->cite, r.cite, r.cites * sizeof *out->cite);
    out->cites = r.cites;
    return MKT_OK;
}
