#include "narrate/expand.h"

#include "narrate/phrase.h"

void mkt_expand_begin(struct mkt_expand *e, const struct mkt_cites *cites)
{
    *e = (struct mkt_expand){.cites = cites, .dated = cites->part != MKT_PART_SUMMARY};
}

/* The sentence's phrase, or NULL when there is none or it has stood before. */
static const struct mkt_lexicon_phrase *fresh_phrase(struct mkt_expand *e,
                                                     const struct mkt_said *said)
{
    for (size_t i = 0; i < e->sentences; i++)
        if (e->used[i] == said->phrase) return NULL;
    return said->phrase;
}

static void expand_facts(struct mkt_expand *e, struct mkt_teller *t, const struct mkt_said *said,
                         const struct mkt_lexicon_phrase *phrase)
{
    for (size_t i = 0; i < said->count; i++) {
        const struct mkt_fact *fact = e->cites->cite[said->cite[i]].fact;
        mkt_buf_between(&t->out, i, said->count, " and ");
        if (phrase && phrase->use & MKT_LEXICON_NOUNS) {
            mkt_teller_fact_at(t, fact);
        } else if (!phrase && i == 0) {
            mkt_buf_capital(&t->out, fact->label);
            mkt_buf_printf(&t->out, " %s ", mkt_phrase_was(fact));
            mkt_teller_figure(t, fact);
        } else {
            mkt_teller_fact(t, fact);
        }
        if (!e->dated) mkt_teller_when(t);
        e->dated = true;
    }
}

static void expand_findings(struct mkt_expand *e, struct mkt_teller *t, const struct mkt_said *said,
                            bool bare)
{
    for (size_t i = 0; i < said->count; i++) {
        const struct mkt_finding *finding = e->cites->cite[said->cite[i]].finding;
        mkt_teller_text(t, i > 0 ? MKT_LEXICON_ALSO "it " : bare ? "It " : "it ");
        mkt_teller_claim(t, finding, false);
        if (said->more) mkt_teller_evidence(t, finding);
    }
}

void mkt_expand_sentence(struct mkt_expand *e, struct mkt_teller *t, const struct mkt_said *said)
{
    const struct mkt_lexicon_phrase *phrase = fresh_phrase(e, said);
    const struct mkt_cite *first = &e->cites->cite[said->cite[0]];
    mkt_teller_space(t);
    if (phrase) mkt_teller_text(t, phrase->text);
    if (first->fact)
        expand_facts(e, t, said, phrase);
    else if (e->cites->part == MKT_PART_ADVICE)
        mkt_teller_advice(t, first->finding, !phrase, said->more);
    else
        expand_findings(e, t, said, !phrase);
    mkt_buf_char(&t->out, '.');
    e->used[e->sentences++] = phrase;
}
