#include "narrate/teller.h"

#include <math.h>
#include <string.h>

#include "fact/format.h"
#include "narrate/phrase.h"

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
    mkt_phrase_sentence(&t->out, text);
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
        mkt_phrase_join(&t->out, i, n);
        if (i == 0)
            mkt_phrase_capital(&t->out, fact[i]->label);
        else
            mkt_phrase_label(&t->out, fact[i]);
        mkt_buf_printf(&t->out, " %s ", mkt_phrase_was(fact[i]));
        mkt_teller_figure(t, fact[i]);
        if (i == 0 && when) mkt_teller_when(t);
    }
    mkt_buf_char(&t->out, '.');
}

static void label_and_figure(struct mkt_teller *t, const struct mkt_fact *fact)
{
    mkt_phrase_label(&t->out, fact);
    mkt_buf_printf(&t->out, " %s ", mkt_phrase_was(fact));
    mkt_teller_figure(t, fact);
}

/* ": ROAS of search was 3.21 (2.87 to 3.56), against 1.9 (1.6 to 2.2) for social" */
static void evidence(struct mkt_teller *t, const struct mkt_finding *f)
{
    const struct mkt_fact *a = f->facts > 0 ? mkt_sheet_fact(t->sheet, f->fact[0]) : NULL;
    const struct mkt_fact *b = f->facts > 1 ? mkt_sheet_fact(t->sheet, f->fact[1]) : NULL;
    if (!a || (was_given(t, a) && (!b || was_given(t, b)))) return;
    mkt_buf_str(&t->out, ": ");
    label_and_figure(t, a);
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
        label_and_figure(t, b);
    }
}

void mkt_teller_finding(struct mkt_teller *t, const struct mkt_finding *f)
{
    char p[MKT_FORMAT_TEXT];
    const char *word = mkt_phrase_likely(f->probability);
    mkt_format_probability(f->probability, p);
    mkt_teller_space(t);
    if (!(f->probability >= MKT_TELLER_SURE))
        mkt_buf_printf(&t->out, "It is %s (%s) whether ", word, p);
    else if (t->turn % 3 == 0)
        mkt_buf_printf(&t->out, "It is %s (%s) that ", word, p);
    else if (t->turn % 3 == 1)
        mkt_buf_printf(&t->out, "It is also %s (%s) that ", word, p);
    else
        mkt_buf_printf(&t->out, "With a probability of %s, ", p);
    mkt_buf_str(&t->out, f->claim);
    evidence(t, f);
    mkt_buf_char(&t->out, '.');
    t->turn++;
}

size_t mkt_teller_findings(struct mkt_teller *t, mkt_side side, unsigned kinds, size_t most,
                           bool open)
{
    const struct mkt_sheet *s = t->sheet;
    const struct mkt_finding *undecided = NULL;
    size_t told = 0;
    for (size_t i = 0; i < s->findings && told < most; i++) {
        const struct mkt_finding *f = &s->finding[i];
        if (mkt_side_of(f->scope) != side || !(kinds >> f->kind & 1U)) continue;
        if (f->probability >= MKT_TELLER_SURE) {
            mkt_teller_finding(t, f);
            told++;
        } else if (!undecided && f->probability >= 1 - MKT_TELLER_SURE) {
            undecided = f;
        }
    }
    if (told == 0 && open && undecided) {
        mkt_teller_finding(t, undecided);
        told++;
    }
    return told;
}

void mkt_teller_shares(struct mkt_teller *t, const char *scope)
{
    const struct mkt_sheet *s = t->sheet;
    const struct mkt_fact *top[3];
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
    if (n < 2 || top[0]->value < SHARE_WORTH_SAYING) return;
    mkt_teller_space(t);
    mkt_teller_text(t, "Of the spend, ");
    for (size_t i = 0; i < n; i++) {
        mkt_phrase_join(&t->out, i, n);
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
