#include "narrate/standing.h"

#include <math.h>
#include <string.h>

#include "fact/format.h"
#include "narrate/phrase.h"

/* The first entity of a scope, and whether there is another. */
static const char *first_entity(const struct mkt_sheet *sheet, const char *scope, bool *several)
{
    const char *first = NULL;
    *several = false;
    for (size_t i = 0; i < sheet->facts && !*several; i++) {
        const struct mkt_fact *f = &sheet->fact[i];
        if (!f->entity || strcmp(f->scope, scope) != 0) continue;
        if (!first)
            first = f->entity;
        else
            *several = strcmp(first, f->entity) != 0;
    }
    return first;
}

bool mkt_standing_several(const struct mkt_sheet *sheet, const char *scope)
{
    bool several;
    first_entity(sheet, scope, &several);
    return several;
}

static void tell_only(struct mkt_teller *t, const char *scope)
{
    bool several;
    const char *only = first_entity(t->sheet, scope, &several);
    if (!only || several) return;
    mkt_teller_space(t);
    mkt_buf_printf(&t->out, "The data hold one %s, ", scope);
    mkt_phrase_name(&t->out, only);
    mkt_teller_text(t, ", and so nothing to compare it with.");
}

void mkt_standing_open(struct mkt_teller *t, mkt_part part)
{
    if (part == MKT_PART_CHANNELS) tell_only(t, "channel");
    if (part == MKT_PART_AUDIENCE) tell_only(t, "segment");
}

static bool has_changes(const struct mkt_sheet *sheet)
{
    for (size_t i = 0; i < sheet->facts; i++)
        if (sheet->fact[i].unit == MKT_UNIT_CHANGE) return true;
    for (size_t i = 0; i < sheet->findings; i++)
        if (sheet->finding[i].kind == MKT_FINDING_CHANGE) return true;
    return false;
}

static void close_summary(struct mkt_teller *t)
{
    if (mkt_teller_total(t, "spend") && !has_changes(t->sheet))
        mkt_teller_sentence(t, "The data hold no earlier period to compare with");
    if (t->level == 0 || !mkt_teller_gave_intervals(t)) return;
    char text[MKT_FORMAT_TEXT];
    mkt_buf_printf(&t->out, " Figures in brackets are %s intervals.",
                   mkt_format_probability(t->level, text));
}

bool mkt_standing_return_of_parts(const struct mkt_sheet *sheet)
{
    for (size_t i = 0; i < sheet->facts; i++) {
        const char *metric = sheet->fact[i].metric, *last = metric ? strrchr(metric, '_') : NULL;
        if (last && (strcmp(last, "_roas") == 0 || strcmp(last, "_cpa") == 0)) return true;
    }
    return false;
}

bool mkt_standing_unspent(const struct mkt_sheet *sheet)
{
    if (sheet->missings || mkt_standing_return_of_parts(sheet)) return false;
    for (size_t i = 0; i < sheet->facts; i++) {
        const struct mkt_fact *f = &sheet->fact[i];
        bool returns = f->unit == MKT_UNIT_RATIO || strcmp(f->metric, "spend") == 0;
        if (returns && mkt_side_of(f->scope) == MKT_SIDE_WHOLE) return false;
    }
    return true;
}

/* Caveats about other things would read as the reason. */
static void why_no_return(struct mkt_teller *t)
{
    const struct mkt_sheet *s = t->sheet;
    for (size_t i = 0; i < s->caveats; i++)
        if (strstr(s->caveat[i].text, "ROAS")) {
            mkt_teller_sentence(t, s->caveat[i].text);
            return;
        }
}

static void close_return(struct mkt_teller *t)
{
    const struct mkt_sheet *s = t->sheet;
    if (mkt_standing_unspent(t->sheet)) {
        why_no_return(t);
    } else {
        mkt_teller_caveats(t, MKT_CAVEAT_LIMIT, 2);
        mkt_teller_caveats(t, MKT_CAVEAT_WARN, 1);
    }
    const struct mkt_finding *head = mkt_sheet_finding(s, s->headline);
    if (!head || !isfinite(s->confidence)) return;
    char text[MKT_FORMAT_TEXT];
    mkt_format_probability(s->confidence, text);
    if (head->kind == MKT_FINDING_ACTION)
        mkt_buf_printf(&t->out,
                       " Caveats counted, the probability that the main advice is right is %s.",
                       text);
    else
        mkt_buf_printf(&t->out, " Caveats counted, the probability that %s is %s.", head->claim,
                       text);
}

void mkt_standing_close(struct mkt_teller *t, mkt_part part)
{
    if (part == MKT_PART_SUMMARY) close_summary(t);
    if (part == MKT_PART_RETURN) close_return(t);
}
