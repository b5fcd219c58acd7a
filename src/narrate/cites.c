#include "narrate/cites.h"

#include <stdlib.h>

#include "narrate/standing.h"
#include "narrate/teller.h"

#define KIND(k) (1U << (k))
#define ALL_KINDS (~KIND(MKT_FINDING_ACTION))

/* By size: short, medium, long. The largest must fit MKT_CITES_MOST. */
static const size_t facts_most[MKT_CITES_SIZES + 1] = {0, 2, 3, 5};
static const size_t findings_most[MKT_CITES_SIZES + 1] = {0, 1, 2, 4};
static const size_t actions_most[MKT_CITES_SIZES + 1] = {0, 2, 3, 5};

static void add_fact(struct mkt_cites *out, const struct mkt_fact *fact, int size)
{
    if (!fact || out->count >= facts_most[size]) return;
    out->cite[out->count++] = (struct mkt_cite){.fact = fact};
    out->facts = out->count;
}

static int by_place(const void *a, const void *b)
{
    const struct mkt_finding *const *x = a, *const *y = b;
    return (*x > *y) - (*x < *y); /* they stand in one array, the heaviest first */
}

static void add_findings(struct mkt_cites *out, const struct mkt_finding **f, size_t n, int size)
{
    qsort(f, n, sizeof *f, by_place);
    for (size_t i = 0; i < n && i < findings_most[size]; i++)
        out->cite[out->count++] = (struct mkt_cite){.finding = f[i]};
}

static void choose_summary(struct mkt_cites *out, const struct mkt_teller *t, int size)
{
    static const char *const metric[] = {"spend", "revenue", "roas",         "conversions",
                                         "cpa",   "cac",     "new_customers"};
    const struct mkt_sheet *s = t->sheet;
    const struct mkt_finding *f[5];
    bool spend = mkt_teller_total(t, "spend") != NULL;
    for (size_t i = 0; spend && i < sizeof metric / sizeof *metric; i++)
        add_fact(out, i == 0 ? mkt_teller_total(t, "spend") : mkt_teller_recorded(t, metric[i]),
                 size);
    for (size_t i = 0; !spend && i < s->facts; i++)
        if (mkt_side_of(s->fact[i].scope) == MKT_SIDE_WHOLE) add_fact(out, &s->fact[i], size);
    size_t n = mkt_teller_choose(t, MKT_SIDE_WHOLE, KIND(MKT_FINDING_CHANGE), 2, true, f);
    n += mkt_teller_choose(t, MKT_SIDE_WHOLE, KIND(MKT_FINDING_PACE), 1, true, f + n);
    if (!spend)
        n += mkt_teller_choose(t, MKT_SIDE_WHOLE,
                               KIND(MKT_FINDING_COMPARE) | KIND(MKT_FINDING_IMBALANCE), 2, true,
                               f + n);
    add_findings(out, f, n, size);
}

static void add_shares(struct mkt_cites *out, const struct mkt_teller *t, const char *scope,
                       int size)
{
    const struct mkt_fact *top[3];
    size_t n = mkt_teller_top_shares(t, scope, top);
    for (size_t i = 0; i < n; i++) add_fact(out, top[i], size);
}

static void choose_channels(struct mkt_cites *out, const struct mkt_teller *t, int size)
{
    const struct mkt_finding *f[4];
    size_t n = mkt_teller_choose(t, MKT_SIDE_CHANNELS, KIND(MKT_FINDING_COMPARE), 2, false, f);
    n += mkt_teller_choose(t, MKT_SIDE_CHANNELS, KIND(MKT_FINDING_IMBALANCE), 1, false, f + n);
    n += mkt_teller_choose(t, MKT_SIDE_CHANNELS, KIND(MKT_FINDING_CHANGE) | KIND(MKT_FINDING_PACE),
                           1, false, f + n);
    if (n == 0) n = mkt_teller_choose(t, MKT_SIDE_CHANNELS, ALL_KINDS, 1, true, f);
    if (n == 0) return;
    add_shares(out, t, mkt_standing_several(t->sheet, "channel") ? "channel" : "campaign", size);
    add_findings(out, f, n, size);
}

static void choose_audience(struct mkt_cites *out, const struct mkt_teller *t, int size)
{
    const struct mkt_finding *f[3];
    size_t n = mkt_teller_choose(t, MKT_SIDE_AUDIENCE, ALL_KINDS, 3, true, f);
    if (n == 0) return;
    add_shares(out, t, "segment", size);
    add_findings(out, f, n, size);
}

static void choose_return(struct mkt_cites *out, const struct mkt_teller *t, int size)
{
    const struct mkt_sheet *s = t->sheet;
    const struct mkt_finding *f[5];
    if (mkt_teller_total(t, "revenue") && !mkt_teller_recorded(t, "revenue")) return;
    for (size_t i = 0; i < s->facts && out->count < 3; i++)
        if (mkt_side_of(s->fact[i].scope) == MKT_SIDE_WHOLE && s->fact[i].unit == MKT_UNIT_RATIO)
            add_fact(out, &s->fact[i], size);
    if (out->count == 0) return;
    size_t n = mkt_teller_choose(t, MKT_SIDE_WHOLE, KIND(MKT_FINDING_BREAK_EVEN), 1, true, f);
    n += mkt_teller_choose(t, MKT_SIDE_CHANNELS, KIND(MKT_FINDING_BREAK_EVEN), 2, false, f + n);
    n += mkt_teller_choose(t, MKT_SIDE_CHANNELS, KIND(MKT_FINDING_SATURATED), 2, false, f + n);
    add_findings(out, f, n, size);
}

static void choose_advice(struct mkt_cites *out, const struct mkt_teller *t, int size)
{
    const struct mkt_sheet *s = t->sheet;
    for (size_t i = 0; i < s->findings && out->count < actions_most[size]; i++)
        if (s->finding[i].kind == MKT_FINDING_ACTION &&
            s->finding[i].probability >= MKT_TELLER_SURE)
            out->cite[out->count++] = (struct mkt_cite){.finding = &s->finding[i], .must = true};
}

void mkt_cites_choose(struct mkt_cites *out, const struct mkt_sheet *sheet, mkt_part part, int size)
{
    typedef void chooser(struct mkt_cites *, const struct mkt_teller *, int);
    static chooser *const choose[MKT_PARTS] = {choose_summary, choose_channels, choose_audience,
                                               choose_return, choose_advice};
    const struct mkt_teller t = {.sheet = sheet};
    *out = (struct mkt_cites){.part = part};
    if (sheet->status == MKT_ANSWER_INSUFFICIENT) return;
    choose[part](out, &t, size);
    if (out->facts > 0) out->cite[0].must = true;
    if (out->count > out->facts) out->cite[out->facts].must = true;
}
