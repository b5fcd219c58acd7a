#include "narrate/prompt.h"

#include <string.h>

#include "narrate/lexicon.h"

static const char *const part_word[MKT_PARTS] = {"summary", "channels", "audience", "return",
                                                 "advice"};

/* ---- the constant ----------------------------------------------------------- */

static const char task[] =
    "You write the parts of a marketing report for a manager. You never write a figure, a name, a "
    "comparison, a direction, a reason or an advice yourself. You cite: each line below a part is "
    "a fact, a finding or an action under a one-letter name, and the letter is replaced by the "
    "whole of it when the report is printed. A fact prints as \"ROAS of search was ...\", a "
    "finding as \"it is likely that ...\", an action as what to do and how sure that is.\n"
    "Rules:\n"
    "- Keep the letters in their order. Use each at most once. Always cite the first fact and the "
    "first finding; leave out what adds little. In advice cite every action, one a sentence.\n"
    "- A sentence cites facts (A. or A and B. or A, B and C.) or findings (D. or D fully. or D, "
    "and "
    "E.) or one action (A. or A fully.).\n"
    "- \"fully\" prints the figures that a finding compares, or the reasons of an action; use it "
    "for "
    "what matters most and for most actions.\n"
    "- A sentence may open with one of the phrases below, each once a part, or with the letter.\n"
    "Lines name a fact by its metric and a finding by its kind (compare, change, shares, margin, "
    "return, budget), then who it is about (p, q, r) and how certain it is (sure, very likely, "
    "likely, lean, open).\n";

const struct mkt_prompt_example mkt_prompt_examples[] = {
    {MKT_PART_SUMMARY, "A spend\nB revenue\nC ROAS\nD change sure\nE change lean\n",
     "The data put A, B and C. On change, D fully. Also, E."},
    {MKT_PART_CHANNELS,
     "A share p\nB share q\nC share r\nD compare p s sure\nE shares s very likely\nF change q "
     "likely\n",
     "In short, A, B and C. Side by side, D fully. On the shares, E. To add to this, F."},
    {MKT_PART_AUDIENCE, "A share p\nB share q\nC compare q p likely\n",
     "The figures show A and B. By the evidence, C fully."},
    {MKT_PART_RETURN, "A ROAS\nB ROI\nC return sure\nD return p very likely\nE margin q lean\n",
     "In plain figures, A and B. On these data, C, and D. At the margin, E fully."},
    {MKT_PART_ADVICE, "A action p q sure\nB action r likely\nC action s lean\n",
     "A fully. For the plan: B fully. What to do: C."},
};
const size_t mkt_prompt_example_count = sizeof mkt_prompt_examples / sizeof *mkt_prompt_examples;

static void list_phrases(struct mkt_buf *out, const char *title, unsigned use)
{
    mkt_buf_str(out, title);
    for (size_t i = 0; i < mkt_lexicon_count; i++)
        if (mkt_lexicon_phrases[i].use & use)
            mkt_buf_printf(out, " %s|", mkt_lexicon_phrases[i].text);
    mkt_buf_char(out, '\n');
}

void mkt_prompt_constant(struct mkt_buf *out)
{
    unsigned kinds = 0;
    for (unsigned k = 0; k < MKT_FINDING_ACTION; k++) kinds |= MKT_LEXICON_KIND(k);
    mkt_buf_str(out, task);
    list_phrases(out, "Before facts:", MKT_LEXICON_CLAUSES | MKT_LEXICON_NOUNS);
    list_phrases(out, "Before findings:", MKT_LEXICON_FINDING);
    list_phrases(out, "Before a finding of that kind:", kinds);
    list_phrases(out, "Before an action:", MKT_LEXICON_ADVICE);
    mkt_buf_str(out, "Examples:\n\n");
    for (size_t i = 0; i < mkt_prompt_example_count; i++) {
        const struct mkt_prompt_example *e = &mkt_prompt_examples[i];
        mkt_buf_printf(out, "%s\n%s-> %s\n\n", part_word[e->part], e->ask, e->text);
    }
    mkt_buf_str(out, "Now write, as after the arrow, the one part below.\n");
}

/* ---- this answer -------------------------------------------------------------- */

void mkt_prompt_data(struct mkt_buf *out, const struct mkt_sheet *sheet)
{
    mkt_buf_printf(out, "Report: %s\n", sheet->analysis ? sheet->analysis : "marketing");
}

/* "ROAS" for a metric that is known here, else its unit: a metric may be named after a column. */
static const char *metric_word(const struct mkt_fact *f)
{
    static const char *const word[][2] = {{"spend", "spend"},
                                          {"revenue", "revenue"},
                                          {"roas", "ROAS"},
                                          {"roi", "ROI"},
                                          {"conversions", "conversions"},
                                          {"new_customers", "new customers"},
                                          {"cpa", "CPA"},
                                          {"cac", "CAC"},
                                          {"share_of_spend", "share"},
                                          {"spend_share", "share"},
                                          {"value", "value"},
                                          {"conversion_rate", "conversion rate"},
                                          {"path_length", "path length"}};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++)
        if (strcmp(f->metric, word[i][0]) == 0) return word[i][1];
    return mkt_unit_name(f->unit);
}

static const char *certainty_word(double p)
{
    return p >= .99   ? "sure"
           : p >= .95 ? "very likely"
           : p >= .8  ? "likely"
           : p >= .6  ? "lean"
                      : "open";
}

#define ENTITIES 10 /* p to y; more are not told apart */

struct entities {
    const char *name[ENTITIES];
    size_t count;
};

/* " p" for the first entity of a part, " q" for the second, ... */
static void entity(struct mkt_buf *out, struct entities *e, const char *name)
{
    size_t i = 0;
    if (!name) return;
    while (i < e->count && strcmp(e->name[i], name) != 0) i++;
    if (i == ENTITIES) return;
    if (i == e->count) e->name[e->count++] = name;
    mkt_buf_printf(out, " %c", (char)('p' + i));
}

void mkt_prompt_ask(struct mkt_buf *out, const struct mkt_cites *cites)
{
    static const char *const kind_word[] = {"compare", "change", "shares", "margin",
                                            "return",  "budget", "action"};
    struct entities e = {.count = 0};
    mkt_buf_printf(out, "\n%s\n", part_word[cites->part]);
    for (size_t i = 0; i < cites->count; i++) {
        const struct mkt_fact *fact = cites->cite[i].fact;
        const struct mkt_finding *f = cites->cite[i].finding;
        mkt_buf_printf(out, "%c ", MKT_CITES_NAME(i));
        if (fact) {
            mkt_buf_str(out, metric_word(fact));
            entity(out, &e, fact->entity);
        } else {
            mkt_buf_str(out, kind_word[f->kind]);
            entity(out, &e, f->subject);
            entity(out, &e, f->other);
            mkt_buf_printf(out, " %s", certainty_word(f->probability));
        }
        mkt_buf_char(out, '\n');
    }
    mkt_buf_str(out, "->");
}
