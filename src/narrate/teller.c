#include "narrate/teller.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "fact/format.h"
#include "narrate/phrase.h"

#define ALIKE .01              /* between probabilities that need not be told apart */
#define SHARE_WORTH_SAYING 0.1 /* of the largest, for any to be told */
#define SHARE_LEAST 0.01

mkt_side mkt_side_of(const char *scope)
{
    if (!scope || strcmp(scope, "total") == 0) return MKT_SIDE_WHOLE;
    return strcmp(scope, "segment") == 0 ? MKT_SIDE_AUDIENCE : MKT_SIDE_CHANNELS;
}

void mkt_teller_begin(struct mkt_teller *t, const struct mkt_sheet *sheet, double level)
{
    *t = (struct mkt_teller){.sheet = sheet, .level = level};
    mkt_buf_init(&t->out, sheet->arena);
}

mkt_status mkt_teller_finish(struct mkt_teller *t, const char *nothing, const char **out,
                             struct mkt_err *err)
{
    if (t->out.length == 0) mkt_buf_str(&t->out, nothing);
    MKT_TRY(mkt_buf_check(&t->out, err));
    *out = t->out.data;
    return MKT_OK;
}

void mkt_teller_text(struct mkt_teller *t, const char *text)
{
    mkt_buf_str(&t->out, text);
}

void mkt_teller_space(struct mkt_teller *t)
{
    if (t->out.length) mkt_buf_char(&t->out, ' ');
}

void mkt_teller_sentence(struct mkt_teller *t, const char *text)
{
    mkt_teller_space(t);
    mkt_buf_sentence(&t->out, text);
}

void mkt_teller_when(struct mkt_teller *t)
{
    struct mkt_period period = t->sheet->provenance.period;
    if (period.first > period.last || (period.first == 0 && period.last == 0)) return;
    mkt_buf_char(&t->out, ' ');
    mkt_phrase_period(&t->out, period);
}

void mkt_teller_figure(struct mkt_teller *t, const struct mkt_fact *fact)
{
    mkt_phrase_figure(&t->out, fact, t->sheet->currency, t->level);
    if (t->givens < MKT_TELLER_GIVEN) t->given[t->givens++] = fact;
}

static bool was_given(const struct mkt_teller *t, const struct mkt_fact *fact)
{
    for (size_t i = 0; i < t->givens; i++)
        if (t->given[i] == fact) return true;
    return false;
}

bool mkt_teller_gave_intervals(const struct mkt_teller *t)
{
    for (size_t i = 0; i < t->givens; i++)
        if (isfinite(t->given[i]->low) && isfinite(t->given[i]->high)) return true;
    return false;
}

void mkt_teller_figures(struct mkt_teller *t, const struct mkt_fact *const *fact, size_t n,
                        bool when)
{
    if (n == 0) return;
    mkt_teller_space(t);
    for (size_t i = 0; i < n; i++) {
        mkt_buf_between(&t->out, i, n, " and ");
        if (i == 0)
            mkt_buf_capital(&t->out, fact[i]->label);
        else
            mkt_phrase_label(&t->out, fact[i]);
        mkt_buf_printf(&t->out, " %s ", mkt_phrase_was(fact[i]));
        mkt_teller_figure(t, fact[i]);
        if (i == 0 && when) mkt_teller_when(t);
    }
    mkt_buf_char(&t->out, '.');
}

void mkt_teller_fact(struct mkt_teller *t, const struct mkt_fact *fact)
{
    mkt_phrase_label(&t->out, fact);
    mkt_buf_printf(&t->out, " %s ", mkt_phrase_was(fact));
    mkt_teller_figure(t, fact);
}

void mkt_teller_fact_at(struct mkt_teller *t, const struct mkt_fact *fact)
{
    mkt_phrase_label(&t->out, fact);
    mkt_buf_str(&t->out, " at ");
    mkt_teller_figure(t, fact);
}

void mkt_teller_claim(struct mkt_teller *t, const struct mkt_finding *f, bool also)
{
    char p[MKT_FORMAT_TEXT];
    mkt_format_probability(f->probability, p);
    mkt_buf_printf(
        &t->out, "is %s%s (%s) %s ", also ? "also " : "", mkt_phrase_likely(f->probability), p,
        f->probability >= MKT_TELLER_SURE || f->probability < 1 - MKT_TELLER_SURE ? "that"
                                                                                  : "whether");
    mkt_buf_str(&t->out, f->claim);
}

void mkt_teller_evidence(struct mkt_teller *t, const struct mkt_finding *f)
{
    const struct mkt_fact *a = f->facts > 0 ? mkt_sheet_fact(t->sheet, f->fact[0]) : NULL;
    const struct mkt_fact *b = f->facts > 1 ? mkt_sheet_fact(t->sheet, f->fact[1]) : NULL;
    if (!a || (was_given(t, a) && (!b || was_given(t, b)))) return;
    mkt_buf_str(&t->out, ": ");
    mkt_teller_fact(t, a);
    if (!b) return;
    if (strcmp(a->metric, b->metric) == 0 && a->entity) {
        mkt_buf_str(&t->out, ", against ");
        mkt_teller_figure(t, b);
        mkt_buf_str(&t->out, " for ");
        if (b->entity)
            mkt_phrase_name(&t->out, b->entity);
        else
            mkt_buf_str(&t->out, "the whole");
    } else if (!was_given(t, b)) {
        mkt_buf_str(&t->out, " and ");
        mkt_teller_fact(t, b);
    }
}

void mkt_teller_finding(struct mkt_teller *t, const struct mkt_finding *f)
{
    mkt_teller_space(t);
    if (f->probability >= MKT_TELLER_SURE && t->turn % 3 == 2) {
        char p[MKT_FORMAT_TEXT];
        mkt_buf_printf(&t->out, "With a probability of %s, %s",
                       mkt_format_probability(f->probability, p), f->claim);
    } else {
        bool also = f->probability >= MKT_TELLER_SURE && t->turn % 3 == 1;
        mkt_buf_str(&t->out, "It ");
        mkt_teller_claim(t, f, also);
    }
    mkt_teller_evidence(t, f);
    mkt_buf_char(&t->out, '.');
    t->turn++;
}

void mkt_teller_advice(struct mkt_teller *t, const struct mkt_finding *f, bool capital,
                       bool reasons)
{
    char p[MKT_FORMAT_TEXT];
    mkt_format_probability(f->probability, p);
    if (!(f->probability >= MKT_TELLER_WORTH_DOING)) {
        mkt_teller_text(t, capital ? "Try at small scale first: " : "try at small scale first: ");
        mkt_buf_str(&t->out, f->claim);
    } else if (capital) {
        mkt_buf_capital(&t->out, f->claim);
    } else {
        mkt_phrase_small(&t->out, f->claim);
    }
    mkt_buf_printf(&t->out, " (%s sure)", p);
    const struct mkt_finding *because[2];
    size_t n = 0;
    for (size_t i = 0; reasons && i < f->becauses && n < 2; i++) {
        because[n] = mkt_sheet_finding(t->sheet, f->because[i]);
        if (because[n] && because[n]->kind != MKT_FINDING_ACTION) n++;
    }
    for (size_t i = 0; i < n; i++) {
        double other = because[i]->probability;
        mkt_teller_text(t, i == 0 ? ", because " : " and because ");
        mkt_teller_text(t, because[i]->claim);
        if (fabs(other - f->probability) > ALIKE)
            mkt_buf_printf(&t->out, " (%s)", mkt_format_probability(other, p));
    }
}

size_t mkt_teller_choose(const struct mkt_teller *t, mkt_side side, unsigned kinds, size_t most,
                         bool open, const struct mkt_finding **out)
{
    const struct mkt_sheet *s = t->sheet;
    const struct mkt_finding *undecided = NULL;
    size_t n = 0;
    for (size_t i = 0; i < s->findings && n < most; i++) {
        const struct mkt_finding *f = &s->finding[i];
        if (mkt_side_of(f->scope) != side || !(kinds >> f->kind & 1U)) continue;
        if (f->probability >= MKT_TELLER_SURE)
            out[n++] = f;
        else if (!undecided && f->probability >= 1 - MKT_TELLER_SURE)
            undecided = f;
    }
    if (n == 0 && most > 0 && open && undecided) out[n++] = undecided;
    return n;
}

size_t mkt_teller_findings(struct mkt_teller *t, mkt_side side, unsigned kinds, size_t most,
                           bool open)
{
    const struct mkt_finding *chosen[MKT_TELLER_MOST];
    assert(most <= MKT_TELLER_MOST);
    size_t n = mkt_teller_choose(t, side, kinds, most, open, chosen);
    for (size_t i = 0; i < n; i++) mkt_teller_finding(t, chosen[i]);
    return n;
}

size_t mkt_teller_top_shares(const struct mkt_teller *t, const char *scope,
                             const struct mkt_fact *top[3])
{
    const struct mkt_sheet *s = t->sheet;
    size_t n = 0;
    for (size_t i = 0; i < s->facts; i++) {
        const struct mkt_fact *f = &s->fact[i];
        if (!f->entity || f->unit != MKT_UNIT_SHARE || strcmp(f->scope, scope) != 0 ||
            (strcmp(f->metric, "share_of_spend") != 0 && strcmp(f->metric, "spend_share") != 0) ||
            f->value < SHARE_LEAST)
            continue;
        size_t at = n < 3 ? n++ : 3;
        if (at == 3 && !(f->value > top[2]->value)) continue;
        if (at == 3) at = 2;
        for (; at > 0 && f->value > top[at - 1]->value; at--) top[at] = top[at - 1];
        top[at] = f;
    }
    return n < 2 || top[0]->value < SHARE_WORTH_SAYING ? 0 : n;
}

void mkt_teller_shares(struct mkt_teller *t, const char *scope)
{
    const struct mkt_fact *top[3];
    size_t n = mkt_teller_top_shares(t, scope, top);
    if (n == 0) return;
    mkt_teller_space(t);
    mkt_teller_text(t, "Of the spend, ");
    for (size_t i = 0; i < n; i++) {
        mkt_buf_between(&t->out, i, n, " and ");
        mkt_phrase_name(&t->out, top[i]->entity);
        mkt_teller_text(t, i == 0 ? " took " : " ");
        mkt_teller_figure(t, top[i]);
    }
    mkt_buf_char(&t->out, '.');
}

size_t mkt_teller_missing(struct mkt_teller *t, size_t most)
{
    size_t i = 0;
    for (; i < t->sheet->missings && i < most; i++) mkt_teller_sentence(t, t->sheet->missing[i]);
    return i;
}

void mkt_teller_caveats(struct mkt_teller *t, mkt_caveat_weight weight, size_t most)
{
    for (size_t i = 0; i < t->sheet->caveats && most > 0; i++)
        if (t->sheet->caveat[i].weight == weight) {
            mkt_teller_sentence(t, t->sheet->caveat[i].text);
            most--;
        }
}

const struct mkt_fact *mkt_teller_total(const struct mkt_teller *t, const char *metric)
{
    for (size_t i = 0; i < t->sheet->facts; i++) {
        const struct mkt_fact *f = &t->sheet->fact[i];
        if (mkt_side_of(f->scope) == MKT_SIDE_WHOLE && strcmp(f->metric, metric) == 0) return f;
    }
    return NULL;
}

const struct mkt_fact *mkt_teller_recorded(const struct mkt_teller *t, const char *metric)
{
    const struct mkt_fact *f = mkt_teller_total(t, metric);
    return f && f->value != 0 ? f : NULL;
}
